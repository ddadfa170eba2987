//! `carry-out-errand`: the process behind `tool run --background`. Nobody types it.

use std::os::fd::AsFd as _;

use ai_lab_contract::ErrorClass;
use alf_ops::{ERRAND_BYTES, Errand, Failure, Framework, Surroundings, carry_out_errand, tend};

use crate::commands::tool::run::ctrl_c;
use crate::door::take_errand;
use crate::output::Ended;

pub(crate) fn carry_out(surroundings: Surroundings) -> Ended {
    // Before all else: from here on a request to end withdraws the call.
    let cancel = ctrl_c()?;
    let unreadable = |error| {
        let told = "standard input holds no errand: `ai-lab-framework tool run --background` does";
        Failure::caused(ErrorClass::Usage, told, error)
    };
    let (text, told) = take_errand(ERRAND_BYTES).map_err(unreadable)?;
    let errand: Errand = serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
    let framework = Framework::new(Surroundings {
        home: errand.home.clone(),
        instance: errand.instance.clone(),
        path: errand.path.clone(),
        client: errand.client.clone(),
        ..surroundings
    });
    carry_out_errand(&framework, &errand, told, cancel.as_fd())?;
    tend(&framework);
    Ok(0)
}
