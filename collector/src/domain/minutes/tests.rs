mod any;
mod seat;
mod sitting;
mod told;
