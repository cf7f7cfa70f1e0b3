/// Ten examples alike: the number by which they are told apart is no ticket.
///
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
/// ```ignore
/// one();
/// ```
pub struct Row;
