//! `switches`: the smart-home devices.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::{Arguments, CallError, services};

use super::NoInput;
use crate::failure;
use crate::session::with_session;
use crate::surroundings::Surroundings;

/// How many devices are asked for, one by one.
const MOST: u64 = 64;

/// The fault of an entry past the last one; newer FRITZ!OS say 714.
const PAST_THE_LAST: [u16; 2] = [713, 714];

/// The smart-home devices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The devices.
    switches: Vec<Switch>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A smart-home device.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Switch {
    /// Its number.
    pub(super) ain: Option<String>,
    /// Its name.
    pub(super) name: Option<String>,
    /// What it is, such as `FRITZ!DECT 200`.
    pub(super) product: Option<String>,
    /// Whether it can be reached.
    pub(super) present: Option<bool>,
    /// Whether it is on; `null` for a device that has no switch.
    pub(super) on: Option<bool>,
    /// Whether its switch is locked against changes from outside.
    pub(super) locked: Option<bool>,
    /// What goes through it, in watts.
    pub(super) power_w: Option<f64>,
    /// What it measures, in degrees Celsius.
    pub(super) temperature_c: Option<f64>,
}

impl Switch {
    /// As an answer tells it.
    pub(super) fn of(device: &Arguments, ain: Option<&str>) -> Self {
        let text = |name: &str| device.filled(name).map(str::to_owned);
        let is = |name: &str, word: &str| device.filled(name).map(|text| text == word);
        let has = |kind: &str| is(&format!("{kind}IsValid"), "VALID") == Some(true);
        let number = |name: &str, part: f64| {
            let whole = i32::try_from(device.signed(name)?).ok()?;
            Some(f64::from(whole) / part)
        };
        Self {
            ain: text("AIN").or_else(|| ain.map(str::to_owned)),
            name: text("DeviceName"),
            product: text("ProductName"),
            present: is("Present", "CONNECTED"),
            on: has("Switch").then(|| is("SwitchState", "ON")).flatten(),
            locked: has("Switch").then(|| device.flag("SwitchLock")).flatten(),
            power_w: has("Multimeter")
                .then(|| number("MultimeterPower", 100.0))
                .flatten(),
            temperature_c: has("Temperature")
                .then(|| number("TemperatureCelsius", 10.0))
                .flatten(),
        }
    }
}

/// The action.
#[derive(Debug)]
pub(crate) struct Switches(pub(crate) Surroundings);

impl Action for Switches {
    const NAME: &'static str = "switches";
    const DESCRIPTION: &'static str =
        "Lists the smart-home devices: on or off, power, temperature.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let mut switches = Vec::new();
            for index in 0..MOST {
                let at = index.to_string();
                match session.router.read(
                    &services::HOMEAUTO,
                    "GetGenericDeviceInfos",
                    &[("Index", &at)],
                ) {
                    Ok(device) => switches.push(Switch::of(&device, None)),
                    Err(CallError::Fault(fault)) if PAST_THE_LAST.contains(&fault.code) => break,
                    Err(error) => return Err(failure::of_read(&error)),
                }
            }
            if switches.len() == usize::try_from(MOST).unwrap_or(usize::MAX) {
                session.note(format!("at most {MOST} devices are shown"));
            }
            Ok(Output {
                switches,
                notes: session.notes(),
            })
        })
    }
}
