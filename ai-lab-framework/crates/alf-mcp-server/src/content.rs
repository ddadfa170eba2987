//! Content blocks of another MCP server, passed on.

use ai_lab_contract::ExecutionId;
use rmcp::model::ContentBlock;
use serde_json::Value;

use crate::answer::first_page;

/// How many bytes of images, sounds and embedded files one answer passes on, as they travel. Stops a client's context
/// from being filled by one call; what is left out is in the record.
const BINARY_BYTES: usize = 4_194_304;

/// How many blocks one answer passes on.
const BLOCKS: usize = 64;

/// The blocks in `{"content": […]}`; `None` where the data are something else.
///
/// Texts are one text, so that they are cut in one place. A link of the other server leads nowhere here and is told.
pub(crate) fn passed_on(data: &Value, id: &ExecutionId) -> Option<Vec<ContentBlock>> {
    let blocks: Vec<ContentBlock> = serde_json::from_value(data.get("content")?.clone()).ok()?;
    let mut texts: Vec<String> = Vec::new();
    let mut others = Vec::new();
    let mut room = BINARY_BYTES;
    let left_out = blocks.len().saturating_sub(BLOCKS);
    for block in blocks.into_iter().take(BLOCKS) {
        match block {
            ContentBlock::Text(text) => texts.push(text.text),
            ContentBlock::ResourceLink(link) => {
                texts.push(format!(
                    "link of the server behind this tool: {} ({})",
                    link.name, link.uri
                ));
            }
            other => {
                let bytes = serde_json::to_string(&other).map_or(usize::MAX, |text| text.len());
                match room.checked_sub(bytes) {
                    Some(rest) => {
                        room = rest;
                        others.push(other);
                    }
                    None => texts.push(format!("[a block of {bytes} bytes is left out]")),
                }
            }
        }
    }
    if left_out > 0 {
        texts.push(format!("[{left_out} more blocks are left out]"));
    }
    let mut content = Vec::new();
    if !texts.is_empty() || others.is_empty() {
        content = first_page(&texts.join("\n\n"), id).0;
    }
    content.extend(others);
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(data: &Value, expected: &Value) {
        let id = "e1".parse().expect("an id");
        let passed = passed_on(data, &id).map(|blocks| serde_json::to_value(blocks).expect("JSON"));
        assert_eq!(passed.unwrap_or(Value::Null), *expected);
    }

    #[test]
    fn texts_become_one_and_images_stay() {
        check(
            &json!({ "content": [
                { "type": "text", "text": "one" },
                { "type": "image", "data": "AAAA", "mimeType": "image/png" },
                { "type": "text", "text": "two" },
                { "type": "resource_link", "name": "more", "uri": "x://1" },
            ] }),
            &json!([
                { "type": "text", "text": "one\n\ntwo\n\nlink of the server behind this tool: more (x://1)" },
                { "type": "image", "data": "AAAA", "mimeType": "image/png" },
            ]),
        );
    }

    #[test]
    fn an_answer_without_blocks_still_has_a_text() {
        check(
            &json!({ "content": [] }),
            &json!([{ "type": "text", "text": "" }]),
        );
    }

    #[test]
    fn what_is_too_big_is_said() {
        let big = "A".repeat(BINARY_BYTES);
        let bytes = big.len() + r#"{"type":"image","data":"","mimeType":"image/png"}"#.len();
        check(
            &json!({ "content": [{ "type": "image", "data": big, "mimeType": "image/png" }] }),
            &json!([{ "type": "text", "text": format!("[a block of {bytes} bytes is left out]") }]),
        );
    }

    #[test]
    fn anything_else_is_data() {
        check(&json!({ "rows": [] }), &Value::Null);
        check(&json!({ "content": "text" }), &Value::Null);
    }
}
