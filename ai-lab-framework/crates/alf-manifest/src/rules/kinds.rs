//! Values that TOML has and the contract, which is JSON, has not.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Rules, shown};
use crate::FindingCode;

impl Rules<'_> {
    pub(super) fn check_kinds(&mut self) {
        self.kinds_in(self.table);
    }

    fn kinds_in(&mut self, table: &DeTable<'_>) {
        for value in table.values() {
            self.kind_of(value);
        }
    }

    fn kind_of(&mut self, value: &Spanned<DeValue<'_>>) {
        let message = match value.get_ref() {
            DeValue::Table(table) => return self.kinds_in(table),
            DeValue::Array(items) => return items.iter().for_each(|item| self.kind_of(item)),
            DeValue::String(_) | DeValue::Boolean(_) => return,
            DeValue::Datetime(date) => format!("`{date}` is a date: write it as text, in quotes"),
            DeValue::Integer(number) => {
                let (digits, radix) = (number.as_str(), number.radix());
                if i64::from_str_radix(digits, radix).is_ok()
                    || u64::from_str_radix(digits, radix).is_ok()
                {
                    return;
                }
                format!("`{}` is no whole number of 64 bits", shown(digits))
            }
            DeValue::Float(number) => {
                let text = number.as_str();
                if text.parse::<f64>().is_ok_and(f64::is_finite) {
                    return;
                }
                format!("`{}` is not taken: a number must be finite", shown(text))
            }
        };
        self.report(FindingCode::WrongType, value.span(), message);
    }
}
