//! What a router says of itself without a login: model, firmware, services.

use roxmltree::{Document, Node};

use crate::Service;
use crate::soap::{SoapError, document};

/// How many services of one description are kept. A 7590 has 40.
const SERVICES: usize = 256;

/// The two trees of a FRITZ!Box. Names repeat in both; types do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// With a login: nearly everything.
    Tr064,
    /// Without: the connection to the internet.
    Igd,
}

impl Tree {
    /// Where its description lies.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Tr064 => "/tr64desc.xml",
            Self::Igd => "/igddesc.xml",
        }
    }
}

/// A description. Whatever a firmware leaves out is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Such as `FRITZ!Box 7590`.
    pub model: Option<String>,
    /// The name that its owner gave it.
    pub name: Option<String>,
    /// Such as `uuid:…`; ends in the router's MAC address.
    pub udn: Option<String>,
    /// The firmware, such as `154.07.29`.
    pub firmware: Option<String>,
    /// What it offers.
    pub services: Vec<Service>,
}

impl Description {
    /// The service of exactly this type.
    pub fn of_type(&self, kind: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.kind == kind)
    }

    /// The services of a name at any number, such as `WLANConfiguration`, in the order of their numbers.
    pub fn all_named(&self, name: &str) -> Vec<&Service> {
        let number = |service: &Service| -> Option<u32> {
            let (start, number) = service.kind.rsplit_once(':')?;
            (start.rsplit(':').next() == Some(name)).then_some(())?;
            number.parse().ok()
        };
        let mut found: Vec<_> = self
            .services
            .iter()
            .filter_map(|service| Some((number(service)?, service)))
            .collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, service)| service).collect()
    }
}

/// Reads a description.
pub fn parse_description(text: &str) -> Result<Description, SoapError> {
    let document = document(text)?;
    let services: Vec<Service> = elements(&document, "service")
        .filter_map(|service| {
            let control = text_of(service, "controlURL")?;
            // Only a path on this router: an address elsewhere would be handed our login.
            (control.starts_with('/') && !control.starts_with("//")).then_some(())?;
            Some(Service::new(text_of(service, "serviceType")?, control))
        })
        .take(SERVICES)
        .collect();
    let device = elements(&document, "device")
        .next()
        .ok_or_else(|| SoapError::Unexpected("a description".to_owned()))?;
    let system = elements(&document, "systemVersion").next();
    Ok(Description {
        model: text_of(device, "modelName"),
        name: text_of(device, "friendlyName"),
        udn: text_of(device, "UDN"),
        firmware: system.and_then(|system| text_of(system, "Display")),
        services,
    })
}

fn elements<'a, 'input>(
    document: &'a Document<'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    document
        .descendants()
        .filter(move |node| node.is_element() && node.tag_name().name() == name)
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let found = node
        .children()
        .find(|child| child.tag_name().name() == name)?;
    let text = found.text()?.trim();
    (!text.is_empty()).then(|| text.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_found_by_type_and_by_number() {
        let service = |kind: &str, path: &str| {
            format!(
                "<service><serviceType>urn:dslforum-org:service:{kind}</serviceType><controlURL>{path}</controlURL></service>"
            )
        };
        let services: String = [
            ("WLANConfiguration:10", "/w10"),
            ("WLANConfiguration:2", "/w2"),
            ("XWLANConfiguration:1", "/x"),
            ("Hosts:1", "/h"),
            ("Evil:1", "http://elsewhere/"),
            ("Evil:2", "//elsewhere/"),
        ]
        .map(|(kind, path)| service(kind, path))
        .concat();
        let text = format!(
            "<root xmlns=\"urn:dslforum-org:device-1-0\"><systemVersion><Display>154.07.29</Display></systemVersion>\
             <device><modelName> FRITZ!Box 7590 </modelName><UDN/><serviceList>{services}</serviceList></device></root>"
        );
        let read = parse_description(&text).expect("it is a description");
        assert_eq!(
            (
                read.model.as_deref(),
                read.udn.as_deref(),
                read.firmware.as_deref()
            ),
            (Some("FRITZ!Box 7590"), None, Some("154.07.29"))
        );
        let hosts = read.of_type("urn:dslforum-org:service:Hosts:1");
        assert_eq!(hosts.map(|service| &*service.control), Some("/h"));
        assert_eq!(read.of_type("Hosts:1"), None);
        let radios: Vec<_> = read
            .all_named("WLANConfiguration")
            .iter()
            .map(|service| service.control.to_string())
            .collect();
        assert_eq!(radios, ["/w2", "/w10"]);
        assert_eq!(read.services.len(), 4);
    }

    #[test]
    fn what_is_no_description_is_refused() {
        assert!(parse_description("<html/>").is_err());
        assert!(parse_description("nothing").is_err());
    }
}
