//! Asset types: their constants, and the element that holds what only assets of a type have.

/// What an info element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Info {
    /// Nothing is known beyond the asset itself.
    None,
    /// `imageInfo`, with width and height.
    Image,
    /// An element of this name with the original file.
    File(&'static str),
}

/// Type constants, and the info element of each.
const KINDS: &[(&str, Info)] = &[
    ("Aco", Info::File("acoInfo")),
    ("AdjustedView", Info::None),
    ("AnimatedGif", Info::File("animatedGifInfo")),
    ("Asset", Info::None),
    ("AssetSet", Info::None),
    ("Audio", Info::File("audioInfo")),
    ("Cabinet", Info::File("cabinetInfo")),
    ("Catalog", Info::None),
    ("ColorSwatch", Info::None),
    ("Css", Info::File("cssInfo")),
    ("CuePoint", Info::File("cuePointInfo")),
    ("Excel", Info::File("excelInfo")),
    ("Flash", Info::File("flashInfo")),
    ("Font", Info::File("fontInfo")),
    ("Fxg", Info::File("fxgInfo")),
    ("IccProfile", Info::File("iccProfileInfo")),
    ("Illustrator", Info::File("illustratorInfo")),
    ("Image", Info::Image),
    ("ImageMap", Info::None),
    ("ImageSet", Info::None),
    ("InDesign", Info::File("inDesignInfo")),
    ("Javascript", Info::File("javascriptInfo")),
    ("LayerView", Info::None),
    ("Mask", Info::None),
    ("MasterVideo", Info::File("masterVideoInfo")),
    ("PDFSettings", Info::File("pdfSettingsInfo")),
    ("Pdf", Info::File("pdfInfo")),
    ("PostScript", Info::File("postScriptInfo")),
    ("PowerPoint", Info::File("powerPointInfo")),
    (
        "PremierExpressRemix",
        Info::File("premiereExpressRemixInfo"),
    ),
    ("PsdTemplate", Info::File("psdInfo")),
    ("RenderScene", Info::None),
    ("RenderSet", Info::None),
    ("Rtf", Info::File("rtfInfo")),
    ("SpinSet", Info::None),
    ("Svg", Info::File("svgInfo")),
    ("Swc", Info::File("swcInfo")),
    ("Template", Info::None),
    ("Video", Info::File("videoInfo")),
    ("VideoCaption", Info::File("videoCaptionInfo")),
    ("ViewerPreset", Info::None),
    ("ViewerSwf", Info::File("viewerSwfInfo")),
    ("Vignette", Info::File("vignetteInfo")),
    ("Watermark", Info::None),
    ("WindowCovering", Info::File("windowCoveringInfo")),
    ("WindowsCovering", Info::File("windowCoveringInfo")),
    ("Word", Info::File("wordInfo")),
    ("Xml", Info::File("xmlInfo")),
    ("Xsl", Info::File("xslInfo")),
    ("Zip", Info::File("zipInfo")),
    ("ZoomTarget", Info::None),
];

/// The pseudo type that means every type.
pub(super) const ANY: &str = "Asset";

/// Whether this is a type constant.
pub(super) fn exists(kind: &str) -> bool {
    KINDS.iter().any(|(name, _)| *name == kind)
}

/// The info element of a type.
pub(super) fn info(kind: &str) -> Info {
    KINDS
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or(Info::None, |(_, info)| *info)
}
