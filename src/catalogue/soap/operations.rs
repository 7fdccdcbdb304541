//! The operations this server has: who may call each, what it takes, and what answers it.

use super::call::Call;
use super::fault::Fault;
use super::schema::Slot;
use super::xml::Xml;
use super::{
    assets, company, dictionary, fields, folders, metadata, params, search, signin, thumbs,
};

/// Answers a call: writes the children of the `…Return` element.
pub(super) type Run = fn(&Call<'_>, &mut Xml) -> Result<(), Fault>;

/// Which roles may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Every role.
    Everybody,
    /// Every role but `WebServiceUser`.
    Readers,
    /// Roles that may change assets.
    Editors,
    /// Roles that may change fields and dictionaries.
    Admins,
}

const ADMINS: [&str; 3] = ["IpsAdmin", "IpsCompanyAdmin", "ImagePortalAdmin"];
const EDITORS: [&str; 6] = [
    "IpsUser",
    "IpsAdmin",
    "IpsCompanyAdmin",
    "ImagePortalAdmin",
    "ImagePortalContrib",
    "ImagePortalContribUser",
];

impl Who {
    /// Whether this role is among them.
    pub(super) fn allows(self, role: &str) -> bool {
        match self {
            Self::Everybody => true,
            Self::Readers => role != "WebServiceUser",
            Self::Editors => EDITORS.contains(&role),
            Self::Admins => ADMINS.contains(&role),
        }
    }
}

/// Whether this role may act for other users.
pub(super) fn may_impersonate(role: &str) -> bool {
    ADMINS.contains(&role)
}

/// One operation.
pub(super) struct Operation {
    /// Its name.
    pub(super) name: &'static str,
    /// Who may call it.
    pub(super) who: Who,
    /// Whether it changes anything.
    pub(super) writes: bool,
    /// The children of its `…Param` element.
    pub(super) params: &'static [Slot],
    /// What answers it.
    pub(super) run: Run,
}

const fn read(name: &'static str, who: Who, params: &'static [Slot], run: Run) -> Operation {
    Operation {
        name,
        who,
        writes: false,
        params,
        run,
    }
}

const fn write(name: &'static str, who: Who, params: &'static [Slot], run: Run) -> Operation {
    Operation {
        name,
        who,
        writes: true,
        params,
        run,
    }
}

/// Every operation this server has.
pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "checkLogin",
        Who::Everybody,
        params::CHECK_LOGIN,
        signin::check_login,
    ),
    read(
        "getUserInfo",
        Who::Everybody,
        params::USER_INFO,
        signin::user_info,
    ),
    read(
        "getCompanyMembership",
        Who::Everybody,
        params::MEMBERSHIP,
        company::membership,
    ),
    read(
        "getCompanyInfo",
        Who::Everybody,
        params::COMPANY_INFO,
        company::info,
    ),
    read(
        "getProperty",
        Who::Everybody,
        params::PROPERTY,
        company::property,
    ),
    read(
        "getSystemProperties",
        Who::Everybody,
        params::NOTHING,
        company::properties,
    ),
    read(
        "getFolderTree",
        Who::Readers,
        params::FOLDER_TREE,
        folders::tree,
    ),
    read("getFolders", Who::Readers, params::FOLDERS, folders::flat),
    read(
        "getMetadataFields",
        Who::Readers,
        params::METADATA_FIELDS,
        fields::of_type,
    ),
    read(
        "getAssetMetadataFields",
        Who::Readers,
        params::ONLY_COMPANY,
        fields::all,
    ),
    read(
        "getUniqueMetadataValues",
        Who::Readers,
        params::UNIQUE_VALUES,
        fields::unique_values,
    ),
    read(
        "getTagFieldValues",
        Who::Everybody,
        params::TAG_VALUES,
        dictionary::get,
    ),
    write(
        "addTagFieldValues",
        Who::Admins,
        params::EDIT_TAG_VALUES,
        dictionary::add,
    ),
    write(
        "setTagFieldValues",
        Who::Admins,
        params::EDIT_TAG_VALUES,
        dictionary::set,
    ),
    write(
        "deleteTagFieldValues",
        Who::Admins,
        params::EDIT_TAG_VALUES,
        dictionary::delete,
    ),
    write(
        "updateTagFieldValues",
        Who::Admins,
        params::UPDATE_TAG_VALUES,
        dictionary::update,
    ),
    read(
        "searchAssets",
        Who::Readers,
        params::SEARCH_ASSETS,
        search::run,
    ),
    read(
        "getAssets",
        Who::Readers,
        params::ASSETS,
        assets::by_handles,
    ),
    read(
        "getAssetsByName",
        Who::Readers,
        params::ASSETS_BY_NAME,
        assets::by_names,
    ),
    read(
        "getAssetCounts",
        Who::Readers,
        params::ONLY_COMPANY,
        assets::counts,
    ),
    read(
        "checkAssetNames",
        Who::Readers,
        params::CHECK_NAMES,
        assets::names_in_use,
    ),
    read(
        "getAssociatedAssets",
        Who::Readers,
        params::ASSOCIATED,
        thumbs::associated,
    ),
    write(
        "setAssetMetadata",
        Who::Editors,
        params::SET_METADATA,
        metadata::set_one,
    ),
    write(
        "batchSetAssetMetadata",
        Who::Editors,
        params::BATCH_SET_METADATA,
        metadata::set_batch,
    ),
    write(
        "deleteAssetMetadata",
        Who::Editors,
        params::DELETE_METADATA,
        metadata::delete_one,
    ),
    write(
        "batchSetThumbAsset",
        Who::Editors,
        params::BATCH_SET_THUMB,
        thumbs::set_batch,
    ),
    write(
        "setAssetsPublishState",
        Who::Editors,
        params::SET_PUBLISH_STATE,
        thumbs::set_published,
    ),
];

/// The operation of this name, if this server has it.
pub(super) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::soap::names;

    #[test]
    fn every_operation_here_is_one_of_the_service() {
        for operation in OPERATIONS {
            assert!(names::exists(operation.name), "{}", operation.name);
        }
    }

    #[test]
    fn roles_open_what_they_should() {
        assert!(!Who::Readers.allows("WebServiceUser"));
        assert!(Who::Everybody.allows("WebServiceUser"));
        assert!(Who::Editors.allows("IpsUser"));
        assert!(!Who::Editors.allows("ImagePortalUser"));
        assert!(!Who::Admins.allows("IpsUser"));
    }
}
