//! The company and the properties of the system.

use super::call::Call;
use super::fault::{Fault, INVALID_COMPANY};
use super::xml::Xml;

/// Companies never expire here; this is the date that says so.
const NEVER: &str = "2100-12-31T23:00:00.000-06:00";

/// The companies of a user; of the caller where no user is named.
pub(super) fn membership(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let account = match call.request.text_of("userHandle") {
        Some(handle) => call.user(handle)?,
        None => call.account,
    };
    xml.open("membershipArray");
    xml.open("items");
    write_company(call, "company", xml);
    xml.leaf("role", &account.role);
    xml.leaf("isActive", "true");
    xml.close("items");
    xml.close("membershipArray");
    Ok(())
}

/// A company by handle or name; exactly one of the two is needed.
pub(super) fn info(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    match (
        call.request.text_of("companyHandle"),
        call.request.text_of("companyName"),
    ) {
        (Some(_), None) => {}
        (None, Some(name)) if name == call.company().name => {}
        (None, Some(name)) => {
            let reason = format!("Company '{name}' is invalid.");
            return Err(Fault::new(INVALID_COMPANY, reason));
        }
        (None, None) => return Err(Fault::missing("companyHandle")),
        (Some(_), Some(_)) => {
            return Err(Fault::invalid(
                "Give either companyHandle or companyName, not both.",
            ));
        }
    }
    write_company(call, "companyInfo", xml);
    Ok(())
}

fn write_company(call: &Call<'_>, element: &str, xml: &mut Xml) {
    xml.open(element);
    xml.leaf("companyHandle", &call.company().handle());
    xml.leaf("name", &call.company().name);
    xml.leaf("rootPath", &call.company().root_path());
    xml.leaf("expires", NEVER);
    xml.close(element);
}

/// Every property, in the order `getSystemProperties` lists them.
fn all_properties(call: &Call<'_>) -> [(&'static str, String); 8] {
    let below = |path: &str| format!("{}{path}", call.address);
    [
        ("IpsVersion", "6.8".to_owned()),
        ("IpsImageServerUrl", below("/is/preview/")),
        ("VideoRootUrl", below("/is/content/")),
        ("SwfRootUrl", below("/is/content/")),
        ("SvgRenderRootUrl", below("/svgrender/")),
        ("SvgRenderEnabled", "false".to_owned()),
        ("UploadPostMaxFileSize", "2147483648".to_owned()),
        ("SystemMessage", String::new()),
    ]
}

/// One property by its name.
pub(super) fn property(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let asked = call.text("name")?;
    let found = all_properties(call)
        .into_iter()
        .find(|(name, _)| *name == asked);
    let (_, value) =
        found.ok_or_else(|| Fault::invalid(format!("Property '{asked}' not found.")))?;
    xml.leaf("value", &value);
    Ok(())
}

/// All properties.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every operation has the same face"
)]
pub(super) fn properties(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    xml.open("propertyArray");
    for (name, value) in all_properties(call) {
        xml.open("items");
        xml.leaf("name", name);
        xml.leaf("value", &value);
        xml.close("items");
    }
    xml.close("propertyArray");
    Ok(())
}
