//! Facts about settings.

use ai_lab_contract::ToolName;

use crate::setting::Setting;
use crate::store::Store;

const WORKS: &str = "because the store works";

fn setting(tool: &str, key: &str, value: &str, changed_at_ms: i64) -> Setting {
    Setting {
        tool: tool.parse().expect("because the name holds to its rule"),
        key: key.to_owned(),
        value: value.to_owned(),
        origin: "person".to_owned(),
        changed_at_ms,
    }
}

pub(super) fn a_setting_is_set_over_listed_and_removed(store: &dyn Store) {
    let tool: ToolName = setting("fritzbox", "", "", 0).tool;
    assert_eq!(store.setting(&tool, "host").expect(WORKS), None);
    let old = setting("fritzbox", "host", r#""fritz.box""#, 1);
    let new = Setting {
        origin: "import".to_owned(),
        ..setting("fritzbox", "host", r#""10.0.0.1""#, 2)
    };
    let port = setting("fritzbox", "port", "49000", 3);
    let other = setting("alarm", "host", "null", 4);
    for setting in [&old, &new, &port, &other] {
        store.set_setting(setting).expect(WORKS);
    }
    assert_eq!(
        store.setting(&tool, "host").expect(WORKS),
        Some(new.clone())
    );
    assert_eq!(
        store.settings(Some(&tool)).expect(WORKS),
        [new.clone(), port.clone()]
    );
    assert_eq!(
        store.settings(None).expect(WORKS),
        [other.clone(), new, port.clone()]
    );
    let removed = ["host", "host"].map(|key| store.remove_setting(&tool, key).expect(WORKS));
    assert_eq!(removed, [true, false]);
    assert_eq!(store.settings(None).expect(WORKS), [other, port]);
}
