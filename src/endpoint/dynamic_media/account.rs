//! Who is signed in, to which company, and what their role may do.

use crate::{domain::Offer, endpoint::EndpointError};

use super::{
    definition::is_true,
    pull::{Pull, Unreadable},
};

/// Roles that may not edit, however the folders' permissions stand.
const LOOKING_ROLES: [&str; 4] = [
    "WebServiceUser",
    "TrialSiteAdmin",
    "TrialSiteUser",
    "ImagePortalUser",
];

/// A company the user belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Membership {
    /// What every request names it by.
    pub(super) handle: String,
    /// Its name.
    pub(super) name: String,
    /// The root of its folders, with a slash at the end; also its name on the image server.
    pub(super) root: String,
    /// The user's role in it.
    pub(super) role: String,
    /// Whether the membership is in force.
    pub(super) active: bool,
}

/// Reads a `getCompanyMembershipReturn`. Older servers leave out the element around the company.
pub(super) fn read_memberships(pull: &mut Pull<'_>) -> Result<Vec<Membership>, Unreadable> {
    let mut memberships = Vec::new();
    pull.each(|pull, name| match name {
        "membershipArray" | "companyArray" => pull.each(|pull, _| {
            let mut membership = Membership {
                active: true,
                ..Membership::default()
            };
            read_membership(pull, &mut membership)?;
            memberships.push(membership);
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    Ok(memberships)
}

fn read_membership(pull: &mut Pull<'_>, membership: &mut Membership) -> Result<(), Unreadable> {
    pull.each(|pull, name| {
        match name {
            "company" => read_membership(pull, membership)?,
            "companyHandle" => membership.handle = pull.text()?.into_owned(),
            "name" => membership.name = pull.text()?.into_owned(),
            "rootPath" => membership.root = pull.text()?.into_owned(),
            "role" => membership.role = pull.token()?,
            "isActive" => membership.active = is_true(&pull.text()?),
            _ => pull.skip()?,
        }
        Ok(())
    })
}

/// The company to work in: the one asked for, or the only one.
///
/// # Errors
///
/// [`EndpointError::SignIn`] with the names there are.
pub(super) fn chosen(
    memberships: &[Membership],
    wanted: Option<&str>,
) -> Result<Membership, EndpointError> {
    let refused = |why: String, hint: &str| EndpointError::SignIn {
        code: "company".to_owned(),
        why,
        hint: hint.to_owned(),
    };
    let active: Vec<&Membership> = memberships.iter().filter(|one| one.active).collect();
    let names = active
        .iter()
        .map(|one| one.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let found = match wanted {
        Some(wanted) => active
            .iter()
            .find(|one| one.name == wanted)
            .or_else(|| {
                let mut alike = active.iter().filter(|one| alike(&one.name, wanted));
                alike.next()
            })
            .ok_or_else(|| {
                let inactive = memberships.iter().any(|one| alike(&one.name, wanted));
                let why = if inactive {
                    format!("the membership in {wanted} is not active")
                } else if names.is_empty() {
                    format!("the user belongs to no company, so not to {wanted}")
                } else {
                    format!("the user does not belong to {wanted}, but to {names}")
                };
                refused(why, "correct `company` in the profile")
            })?,
        None => match active.as_slice() {
            [only] => only,
            [] => {
                return Err(refused(
                    "the user belongs to no company".to_owned(),
                    "ask an administrator for a membership",
                ));
            }
            many => {
                let why = format!("the user belongs to {} companies: {names}", many.len());
                return Err(refused(why, "name one of them as `company` in the profile"));
            }
        },
    };
    Ok((*found).clone())
}

fn alike(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.trim().to_lowercase()
}

/// Whether the role may edit at all.
pub(super) fn may_write(role: &str) -> Offer {
    if LOOKING_ROLES.contains(&role) {
        Offer::No(format!("the role {role} may look but not edit"))
    } else {
        Offer::Yes
    }
}

/// Reads a `getPropertyReturn`.
pub(super) fn read_property(pull: &mut Pull<'_>) -> Result<String, Unreadable> {
    let mut value = String::new();
    pull.each(|pull, name| {
        match name {
            "value" => value = pull.token()?,
            _ => pull.skip()?,
        }
        Ok::<_, Unreadable>(())
    })?;
    Ok(value)
}
