//! Addresses of pictures on the image server.

/// The picture of a published asset: in the company's root, by its name.
pub(super) fn published(image_server: &str, root: &str, name: &str, size: u32) -> String {
    let server = image_server.trim().trim_end_matches('/');
    let server = server.strip_suffix("/is/image").unwrap_or(server);
    let root = encoded(root.trim_matches('/'));
    format!(
        "{server}/is/image/{root}/{}?{}&defaultImage=",
        encoded(name),
        view(size)
    )
}

/// The preview behind an asset's own relative address; `None` if that is no relative address, for
/// pictures are fetched from the server the service names and from nowhere else.
pub(super) fn preview(prefix: &str, relative: &str, size: u32) -> Option<String> {
    let relative = relative.trim().trim_start_matches('/');
    let plain = !relative.is_empty()
        && !relative.contains("://")
        && !relative.contains("..")
        && !relative.contains(|c: char| c.is_control() || c == '\\' || c == '@');
    let web = prefix.starts_with("http://") || prefix.starts_with("https://");
    if !plain || !web {
        return None;
    }
    let joint = if relative.contains('?') { '&' } else { '?' };
    let prefix = prefix.trim_end_matches('/');
    Some(format!("{prefix}/{relative}{joint}{}", view(size)))
}

fn view(size: u32) -> String {
    format!("wid={size}&hei={size}&fit=constrain&fmt=jpeg")
}

/// Each element of a path with everything but unreserved characters percent-encoded.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            other => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                text.push('%');
                text.push(char::from(HEX[usize::from(other >> 4)]));
                text.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
    text
}
