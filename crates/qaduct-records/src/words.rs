//! Closed vocabularies: enums whose variants are words in a text column.

/// Declares an enum of words: `as_str`, `ALL`, `FromStr`, `Display`, serde and
/// the text column come with it. Each variant is documented and has its word.
#[macro_export]
macro_rules! words {
    (
        $(#[doc = $about:literal])*
        pub enum $name:ident {
            $($(#[doc = $doc:literal])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[doc = $doc])* $variant,)*
        }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it stands in a column, in JSON and in configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::words::UnknownWord {
                        word: word.to_owned(),
                        known: &[$($word),*],
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(input)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }

        impl $crate::table::Cell for Option<$name> {
            const TYPE: $crate::ColumnType = $crate::ColumnType::Text;
            const NULLABLE: bool = true;

            fn array(values: &mut dyn Iterator<Item = &Self>) -> arrow_array::ArrayRef {
                let words: arrow_array::StringArray =
                    values.map(|word| word.map(|word| word.as_str())).collect();
                std::sync::Arc::new(words)
            }

            fn cell(
                array: &dyn arrow_array::Array,
                row: usize,
            ) -> Result<Self, $crate::table::Mismatch> {
                match <Option<String> as $crate::table::Cell>::cell(array, row)? {
                    None => Ok(None),
                    Some(word) => match word.parse() {
                        Ok(word) => Ok(Some(word)),
                        Err(_) => Err($crate::table::Mismatch::expected(stringify!($name))),
                    },
                }
            }
        }

        impl $crate::table::Cell for $name {
            const TYPE: $crate::ColumnType = $crate::ColumnType::Text;
            const NULLABLE: bool = false;

            fn array(values: &mut dyn Iterator<Item = &Self>) -> arrow_array::ArrayRef {
                std::sync::Arc::new(arrow_array::StringArray::from_iter_values(
                    values.map(|word| word.as_str()),
                ))
            }

            fn cell(
                array: &dyn arrow_array::Array,
                row: usize,
            ) -> Result<Self, $crate::table::Mismatch> {
                <Option<Self> as $crate::table::Cell>::cell(array, row)?
                    .ok_or($crate::table::Mismatch::expected(stringify!($name)))
            }
        }
    };
}

/// A word that is not in the vocabulary.
#[derive(Debug, thiserror::Error)]
#[error("`{word}` is none of: {}", known.join(", "))]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// What could have been written.
    pub known: &'static [&'static str],
}
