//! One call while it is worked on: the request, who asks, and what is at hand.

use crate::catalogue::accounts::{Account, Accounts, Company};
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::Permit;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{FieldDefinition, Schema};
use crate::catalogue::writes::{Author, Face, Refused};

use super::element::Element;
use super::fault::{
    EXCEPTION, Fault, ILLEGAL_COMPANY, ILLEGAL_GROUP, INVALID_COMPANY, MISSING_PERMISSION,
    NO_IMPERSONATION,
};
use super::filter::Filter;
use super::operations::may_impersonate;
use super::switches::SoapSwitches;

/// The only group there is.
pub(super) const EVERYBODY: &str = "g|1";

/// Everything an operation may look at.
pub(super) struct Call<'c> {
    /// The `…Param` element.
    pub(super) request: &'c Element,
    /// Who calls.
    pub(super) account: &'c Account,
    /// Who there is.
    pub(super) accounts: &'c Accounts,
    /// The library.
    pub(super) library: &'c Library,
    /// Where the server listens.
    pub(super) address: &'c str,
    /// How undocumented behaviour is to be.
    pub(super) switches: SoapSwitches,
    /// How to work.
    pub(super) permit: Permit,
    /// Who writes, when, and through which call.
    pub(super) author: Author,
}

impl Call<'_> {
    /// The company of the library.
    pub(super) fn company(&self) -> &Company {
        self.library.company()
    }

    /// The namespace of the request.
    pub(super) fn namespace(&self) -> &str {
        &self.request.namespace
    }

    /// The response filter asked for.
    pub(super) fn filter(&self) -> Filter {
        Filter::of(self.request)
    }

    /// The text of a child that must be there.
    ///
    /// # Errors
    ///
    /// 30002 where it is missing (a lenient server does not check before).
    pub(super) fn text(&self, name: &str) -> Result<&str, Fault> {
        self.request
            .text_of(name)
            .ok_or_else(|| Fault::missing(name))
    }

    /// The texts of an array that must be there.
    ///
    /// # Errors
    ///
    /// 30002 where it is missing.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Fault> {
        self.request
            .child(name)
            .ok_or_else(|| Fault::missing(name))?;
        Ok(self.request.texts(name).map(str::to_owned).collect())
    }

    /// The asset of this handle.
    ///
    /// # Errors
    ///
    /// 30001 where there is none.
    pub(super) fn asset(&self, handle: &str) -> Result<AssetRecord, Fault> {
        self.library
            .by_id(handle)?
            .filter(AssetRecord::is_media)
            .ok_or_else(|| Refused::UnknownAsset(handle.to_owned()).into())
    }

    /// The field of this handle.
    ///
    /// # Errors
    ///
    /// 30001 where there is none.
    pub(super) fn field<'s>(
        &self,
        schema: &'s Schema,
        handle: &str,
    ) -> Result<&'s FieldDefinition, Fault> {
        schema
            .field_by_handle(self.company().number, handle)
            .ok_or_else(|| Fault::invalid(format!("Metadata field handle '{handle}' is invalid.")))
    }

    /// Checks the company, the user and the group the call names, as far as it names them.
    ///
    /// # Errors
    ///
    /// 20000 or 20006 for the company, 20004 or 20007 for the user, 20008 for the group.
    pub(super) fn check_context(&self) -> Result<(), Fault> {
        if let Some(handle) = self.request.text_of("companyHandle") {
            self.check_company(handle)?;
        }
        if let Some(handle) = self.request.text_of("accessUserHandle") {
            if !may_impersonate(&self.account.role) {
                let reason = "User does not have permission to act as another user.";
                return Err(Fault::new(NO_IMPERSONATION, reason));
            }
            self.user(handle)?;
        }
        match self.request.text_of("accessGroupHandle") {
            None | Some(EVERYBODY) => Ok(()),
            Some(other) => Err(Fault::new(
                ILLEGAL_GROUP,
                format!("Group handle '{other}' is invalid."),
            )),
        }
    }

    fn check_company(&self, handle: &str) -> Result<(), Fault> {
        if handle == self.company().handle() {
            return Ok(());
        }
        let well_formed = handle.strip_prefix("c|").is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit())
        });
        let code = if well_formed {
            INVALID_COMPANY
        } else {
            ILLEGAL_COMPANY
        };
        Err(Fault::new(
            code,
            format!("Company handle '{handle}' is invalid."),
        ))
    }

    /// The handle of a user.
    pub(super) fn user_handle(&self, account: &Account) -> String {
        format!("u|{}|{}", self.company().number, account.email)
    }

    /// The user of this handle.
    ///
    /// # Errors
    ///
    /// 20007 where there is none.
    pub(super) fn user(&self, handle: &str) -> Result<&Account, Fault> {
        self.accounts
            .all()
            .iter()
            .find(|account| self.user_handle(account) == handle)
            .ok_or_else(|| Fault::new(20007, format!("User handle '{handle}' is invalid.")))
    }
}

impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        Self::new(EXCEPTION, format!("Unexpected error: {error}."))
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let reason = refused.to_string();
        match refused {
            Refused::NoWriteAccess(_) => Self::new(MISSING_PERMISSION, reason),
            Refused::NameInUse(_) => Self::new(EXCEPTION, reason),
            Refused::UnknownAsset(_)
            | Refused::UnknownField(_)
            | Refused::NotApplicable { .. }
            | Refused::ReadOnly(_)
            | Refused::BadValue { .. }
            | Refused::NotInDictionary { .. }
            | Refused::TooLong { .. }
            | Refused::Required(_)
            | Refused::NotATagField(_)
            | Refused::ThumbnailType(_)
            | Refused::ThumbnailInTrash(_)
            | Refused::UnknownAttribute(_)
            | Refused::UnknownTag(_)
            | Refused::UnknownFolder(_) => Self::invalid(reason),
        }
    }
}

/// The author of what a call writes.
pub(super) fn author(account: &Account, now: i64, permit: Permit) -> Author {
    Author {
        face: Face::Soap,
        who: account.email.clone(),
        now,
        request: uuid::Uuid::new_v4().to_string(),
        pretend: permit.pretend,
    }
}
