//! Sells things.
//!
//! ```ignore
//! sell();
//! ```

/// A cart.
///
/// ```
/// Cart::new();
/// ```
///
/// ```rust,ignore
/// Cart::old();
/// ```
#[derive(Debug)]
pub struct Cart;

impl Cart {
    /// ```ignore-windows
    /// fork();
    /// ```
    /// ```no_run
    /// run();
    /// ```
    pub fn fork(&self) {}
}
