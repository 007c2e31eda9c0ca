//! Schemas of types that travel as text, for the collector's OpenAPI document.

/// Declares that a type is a string on the wire, with an example.
macro_rules! text_on_the_wire {
    ($type:ty, $name:literal, $example:literal) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples([$example])
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($name)
            }
        }
    };
}

text_on_the_wire!(crate::facts::HostPort, "HostPort", "home.testnav.com:443");
text_on_the_wire!(crate::facts::Subnet, "Subnet", "10.2.4.0/22");
text_on_the_wire!(crate::units::Version, "Version", "26100.2314");
text_on_the_wire!(crate::requirement::CodePattern, "CodePattern", "12001-12013");
