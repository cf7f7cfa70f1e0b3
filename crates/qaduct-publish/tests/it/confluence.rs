//! Pages of Confluence, written to a server that treats them as Confluence does.

mod desk;
mod page;
mod refused;
