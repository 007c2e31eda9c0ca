//! Do no harm, proven: what the device program does to the machine that it is on, and all that it can be made to do.

mod in_front_of_a_student;
mod quiet_and_off;
mod standing_back;
