//! What the stub and this machine give somebody who only counts bytes: no listing can be faster.

use std::time::Instant;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Task, control};
use crate::Anyhow;

/// Assets a second, received by as many readers and not looked at, and the bytes of one.
pub(super) fn ceiling(task: Task<'_>) -> Anyhow<(f64, f64)> {
    control(task.address, &format!("assets/{}", task.assets))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let share = task.assets / task.page / task.readers;
    let begun = Instant::now();
    let bytes = runtime.block_on(async {
        let readers: Vec<_> = (0..task.readers)
            .map(|reader| {
                let pages = reader * share..(reader + 1) * share;
                let firsts = pages.map(|page| page * task.page).collect();
                tokio::spawn(read(task.address.to_owned(), firsts, task.page))
            })
            .collect();
        let mut bytes = 0;
        for reader in readers {
            bytes += reader.await??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(bytes)
    })?;
    let assets = (share * task.readers * task.page) as f64;
    Ok((
        assets / begun.elapsed().as_secs_f64(),
        bytes as f64 / assets,
    ))
}

/// Asks for the pages that begin with these numbers; their bytes.
async fn read(address: String, firsts: Vec<usize>, size: usize) -> Anyhow<usize> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut bytes) = (vec![0; 1 << 18], 0);
    for first in firsts {
        let after = first.checked_sub(1);
        let after = after.map_or(String::new(), |last| {
            format!(",\"search_after\":[{last},\"\"]")
        });
        let body = format!("{{\"dsl\":{{\"size\":{size}{after}}}}}");
        let length = body.len();
        let request = format!(
            "POST /api/meta/search/indexsearch HTTP/1.1\r\nhost: stub\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        let end = loop {
            if let Some(end) = super::stub::find(&head, b"\r\n\r\n") {
                break end + 4;
            }
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Err("the stub hung up".into());
            }
            head.extend_from_slice(&buffer[..read]);
        };
        let length = super::stub::length(&String::from_utf8_lossy(&head[..end]));
        bytes += length;
        let mut rest = (end + length).saturating_sub(head.len());
        while rest > 0 {
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Err("the stub hung up".into());
            }
            rest = rest.saturating_sub(read);
        }
    }
    Ok(bytes)
}
