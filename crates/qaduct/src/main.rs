//! The program `qaduct`.

use std::process::ExitCode;

fn main() -> ExitCode {
    qaduct::run()
}
