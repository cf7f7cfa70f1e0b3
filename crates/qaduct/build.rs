//! Tells the program for which target it is built; reads nothing else.

fn main() {
    // Cargo always sets it for build scripts, and for nobody else.
    let target = std::env::var_os("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=QADUCT_TARGET={}", target.display());
    println!("cargo::rerun-if-changed=build.rs");
}
