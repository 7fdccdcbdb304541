//! The parameter sequences of the operations this server has, as the service's schema of
//! 2014-04-03 gives them.

use super::schema::Kind::{self, AnyOrder, Double, Int, Long, Moment, Sequence, Text, Truth};
use super::schema::{Slot, items, one, opt};

const STRINGS: Kind = Sequence(&[items(Text)]);
const COMPANY: Slot = one("companyHandle", Text);
const ACCESS_USER: Slot = opt("accessUserHandle", Text);
const ACCESS_GROUP: Slot = opt("accessGroupHandle", Text);
const RESPONSE_FIELDS: Slot = opt("responseFieldArray", STRINGS);
const EXCLUDE_FIELDS: Slot = opt("excludeFieldArray", STRINGS);

/// The versioned credentials: a strict sequence.
pub(super) const VERSIONED_HEADER: Kind = Sequence(&[
    opt("user", Text),
    opt("password", Text),
    opt("accessToken", Text),
    opt("locale", Text),
    one("appName", Text),
    one("appVersion", Text),
    opt("gzipResponse", Truth),
    opt("faultHttpStatusCode", Int),
]);

/// The unversioned credentials: any order, all optional.
pub(super) const UNVERSIONED_HEADER: Kind = AnyOrder(&[
    opt("user", Text),
    opt("password", Text),
    opt("accessToken", Text),
    opt("locale", Text),
    opt("appName", Text),
    opt("appVersion", Text),
    opt("gzipResponse", Truth),
    opt("faultHttpStatusCode", Int),
]);

pub(super) const NOTHING: &[Slot] = &[];
pub(super) const ONLY_COMPANY: &[Slot] = &[COMPANY];
pub(super) const CHECK_LOGIN: &[Slot] = &[
    opt("companyHandle", Text),
    one("email", Text),
    one("password", Text),
];
pub(super) const USER_INFO: &[Slot] = &[opt("userHandle", Text), opt("email", Text)];
pub(super) const MEMBERSHIP: &[Slot] = &[opt("userHandle", Text)];
pub(super) const COMPANY_INFO: &[Slot] = &[
    opt("companyHandle", Text),
    opt("companyName", Text),
    opt("imsOrgId", Text),
];
pub(super) const PROPERTY: &[Slot] = &[one("name", Text)];

pub(super) const FOLDER_TREE: &[Slot] = &[
    COMPANY,
    ACCESS_USER,
    ACCESS_GROUP,
    opt("folderPath", Text),
    one("depth", Int),
    opt("assetTypeArray", STRINGS),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];

pub(super) const FOLDERS: &[Slot] = &[
    COMPANY,
    ACCESS_USER,
    ACCESS_GROUP,
    opt("folderPath", Text),
    opt("assetTypeArray", STRINGS),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];

const SYSTEM_CONDITION: &[Slot] = &[
    one("field", Text),
    one("op", Text),
    opt("value", Text),
    opt("boolVal", Truth),
    opt("longVal", Long),
    opt("minLong", Long),
    opt("maxLong", Long),
    opt("doubleVal", Double),
    opt("minDouble", Double),
    opt("maxDouble", Double),
    opt("dateVal", Moment),
    opt("minDate", Moment),
    opt("maxDate", Moment),
];

const METADATA_CONDITION: &[Slot] = &[
    one("fieldHandle", Text),
    one("op", Text),
    opt("caseSensitive", Truth),
    opt("value", Text),
    opt("values", STRINGS),
    opt("boolVal", Truth),
    opt("longVal", Long),
    opt("minLong", Long),
    opt("maxLong", Long),
    opt("doubleVal", Double),
    opt("minDouble", Double),
    opt("maxDouble", Double),
    opt("dateVal", Moment),
    opt("minDate", Moment),
    opt("maxDate", Moment),
];

const TAG_CONDITION: &[Slot] = &[
    one("fieldHandle", Text),
    one("op", Text),
    opt("value", Text),
    opt("valueArray", STRINGS),
];

const BYPRODUCT: &[Slot] = &[one("engine", Text), one("generatedAssetType", Text)];

pub(super) const SEARCH_ASSETS: &[Slot] = &[
    COMPANY,
    ACCESS_USER,
    ACCESS_GROUP,
    opt("folder", Text),
    one("includeSubfolders", Truth),
    opt("publishState", Text),
    opt("trashState", Text),
    opt("conditionMatchMode", Text),
    opt("keywordArray", STRINGS),
    opt("systemFieldMatchMode", Text),
    opt(
        "systemFieldConditionArray",
        Sequence(&[items(Sequence(SYSTEM_CONDITION))]),
    ),
    opt("tagMatchMode", Text),
    opt(
        "tagConditionArray",
        Sequence(&[items(Sequence(TAG_CONDITION))]),
    ),
    opt("metadataMatchMode", Text),
    opt(
        "metadataConditionArray",
        Sequence(&[items(Sequence(METADATA_CONDITION))]),
    ),
    opt("assetTypeArray", STRINGS),
    opt("excludeAssetTypeArray", STRINGS),
    opt("assetSubTypeArray", STRINGS),
    opt("strictSubTypeCheck", Truth),
    opt("excludeByproducts", Truth),
    opt(
        "excludeByproductArray",
        Sequence(&[items(Sequence(BYPRODUCT))]),
    ),
    opt("projectHandle", Text),
    opt("recordsPerPage", Int),
    opt("resultsPage", Int),
    opt("sortBy", Text),
    opt("sortDirection", Text),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];

pub(super) const ASSETS: &[Slot] = &[
    COMPANY,
    ACCESS_USER,
    ACCESS_GROUP,
    one("assetHandleArray", STRINGS),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];

pub(super) const ASSETS_BY_NAME: &[Slot] = &[
    COMPANY,
    ACCESS_USER,
    ACCESS_GROUP,
    one("nameArray", STRINGS),
    opt("assetTypeArray", STRINGS),
    opt("excludeAssetTypeArray", STRINGS),
    opt("assetSubTypeArray", STRINGS),
    opt("strictSubTypeCheck", Truth),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];

pub(super) const CHECK_NAMES: &[Slot] = &[COMPANY, one("assetNameArray", STRINGS)];
pub(super) const ASSOCIATED: &[Slot] = &[
    COMPANY,
    one("assetHandle", Text),
    RESPONSE_FIELDS,
    EXCLUDE_FIELDS,
];
pub(super) const METADATA_FIELDS: &[Slot] = &[COMPANY, one("assetType", Text)];
pub(super) const TAG_VALUES: &[Slot] = &[COMPANY, one("fieldHandleArray", STRINGS)];
pub(super) const UNIQUE_VALUES: &[Slot] = &[COMPANY, one("fieldHandle", Text)];
pub(super) const EDIT_TAG_VALUES: &[Slot] = &[
    COMPANY,
    one("fieldHandle", Text),
    one("valueArray", STRINGS),
];

const TAG_RENAME: &[Slot] = &[one("oldValue", Text), one("newValue", Text)];
pub(super) const UPDATE_TAG_VALUES: &[Slot] = &[
    COMPANY,
    one("fieldHandle", Text),
    one("updateArray", Sequence(&[items(Sequence(TAG_RENAME))])),
];

const METADATA_UPDATES: Slot = one(
    "updateArray",
    Sequence(&[items(Sequence(&[
        one("fieldHandle", Text),
        opt("value", Text),
        opt("boolVal", Truth),
        opt("longVal", Long),
        opt("doubleVal", Double),
        opt("dateVal", Moment),
        opt("addTagValueArray", STRINGS),
        opt("setTagValueArray", STRINGS),
        opt("deleteTagValueArray", STRINGS),
    ]))]),
);

pub(super) const SET_METADATA: &[Slot] = &[COMPANY, one("assetHandle", Text), METADATA_UPDATES];

const METADATA_GROUP: &[Slot] = &[one("assetHandleArray", STRINGS), METADATA_UPDATES];
pub(super) const BATCH_SET_METADATA: &[Slot] = &[
    COMPANY,
    one("updateArray", Sequence(&[items(Sequence(METADATA_GROUP))])),
];

const DELETION: &[Slot] = &[one("fieldHandle", Text)];
pub(super) const DELETE_METADATA: &[Slot] = &[
    COMPANY,
    one("assetHandle", Text),
    one("deleteArray", Sequence(&[items(Sequence(DELETION))])),
];

const THUMB: &[Slot] = &[one("assetHandle", Text), opt("thumbAssetHandle", Text)];
pub(super) const BATCH_SET_THUMB: &[Slot] = &[
    COMPANY,
    one("updateArray", Sequence(&[items(Sequence(THUMB))])),
];

const PUBLISH_STATE: &[Slot] = &[one("assetHandle", Text), one("publishState", Text)];
pub(super) const SET_PUBLISH_STATE: &[Slot] = &[
    COMPANY,
    one(
        "publishStateUpdateArray",
        Sequence(&[items(Sequence(PUBLISH_STATE))]),
    ),
];
