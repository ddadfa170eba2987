//! `config …`: a tool's configuration, layer by layer.

mod changing;
mod effective;
mod lab;
mod reading;

pub use changing::{
    ConfigChange, ConfigScope, edited_configuration, set_configuration, text_to_edit,
    unset_configuration,
};
pub(crate) use effective::of_call;
pub use effective::typed_configuration;
pub use reading::{
    ConfigList, ConfigRow, ToolConfiguration, get_configuration, list_configuration,
};
