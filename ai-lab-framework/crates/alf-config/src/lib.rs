//! A tool's configuration: layers become one checked whole in which every value has its origin.
//!
//! Owns the order of the layers, the way from an environment variable or a typed text to a value, the TOML
//! files of a lab, of the framework itself and of clients, and the wording of what does not fit. Refuses to know files, the
//! environment and the database: text and values come in, text and values go out. Start reading at [`layer()`].

mod clients_file;
mod environment;
mod finding;
mod framework_file;
mod key;
mod keys;
mod lab_file;
mod layer;
mod page;
mod places;
mod typed;

pub use clients_file::{ClientEntry, ClientsFile, clients_file_schema, parse_clients_file};
pub use environment::{environment_layers, variable_name};
pub use finding::{ConfigFinding, ConfigFindings};
pub use framework_file::{
    FrameworkFileError, FrameworkSettings, framework_file_schema, parse_framework_file,
};
pub use key::{KeyError, KeyPath};
pub use keys::{ConfigKey, config_keys, defaults, is_secret};
pub use lab_file::{LAB_FILE_BYTES, LabFileError, parse_lab_file, with_key, without_key};
pub use layer::{Layer, Layered, Origin, layer};
pub use page::edit_page;
pub use places::{TableInFile, TomlTable, table_in_file, toml_text};
pub use typed::{VALUE_BYTES, typed_value};
