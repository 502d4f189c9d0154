//! The name that programs remember: libveilkit.so and the number that changes when old programs no longer fit.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libveilkit.so.0");
    }
}
