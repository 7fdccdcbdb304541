//! `checkLogin` and `getUserInfo`.

use crate::catalogue::accounts::Account;

use super::call::Call;
use super::fault::Fault;
use super::filter::View;
use super::xml::Xml;

/// Whether an e-mail address and a password belong together. They stand in the body, beside the
/// credentials of the call itself.
pub(super) fn check_login(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let known = call
        .accounts
        .sign_in(call.text("email")?, call.text("password")?);
    xml.leaf(
        "status",
        if known.is_some() {
            "ValidLogin"
        } else {
            "InvalidLogin"
        },
    );
    Ok(())
}

/// A user by handle or address; the caller where neither is given.
pub(super) fn user_info(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let account = match (
        call.request.text_of("userHandle"),
        call.request.text_of("email"),
    ) {
        (Some(handle), _) => call.user(handle)?,
        (None, Some(email)) => call
            .accounts
            .all()
            .iter()
            .find(|account| account.email == email)
            .ok_or_else(|| Fault::invalid(format!("User '{email}' not found.")))?,
        (None, None) => call.account,
    };
    xml.nest(View::ALL, "userInfo", |xml, _| {
        write_user(call, account, xml);
    });
    Ok(())
}

fn write_user(call: &Call<'_>, account: &Account, xml: &mut Xml) {
    xml.leaf("userHandle", &call.user_handle(account));
    xml.leaf("firstName", &account.first_name);
    xml.leaf("lastName", &account.last_name);
    xml.leaf("email", &account.email);
    xml.leaf("isValid", "true");
    xml.leaf(
        "isIpsAdmin",
        if account.role == "IpsAdmin" {
            "true"
        } else {
            "false"
        },
    );
}
