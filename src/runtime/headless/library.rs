//! Getting to know the library without a screen: signing in, listing, thumbnails.

use roaring::RoaringBitmap;

use super::{Headless, failed};
use crate::{
    domain::{AssetId, Failure, FieldKey},
    flow::{Effect, Event},
    runtime::list::THUMBNAILS_AT_A_TIME,
};

impl Headless {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// If the endpoint can't be reached or refuses the credentials.
    pub async fn connect(&mut self) -> Result<(), Failure> {
        self.perform(Effect::Connect);
        self.until(|event| {
            if let Event::ConnectFailed(failure) = event {
                return Some(Err(failure.clone()));
            }
            matches!(event, Event::Connected { .. }).then_some(Ok(()))
        })
        .await
    }

    /// Lists the whole library; `progress` gets how many have come, of how many.
    ///
    /// # Errors
    ///
    /// If the listing ended early; what has come stays.
    pub async fn list(&mut self, mut progress: impl FnMut(u64, u64)) -> Result<(), Failure> {
        let generation = self.workbench.listing.generation + 1;
        self.workbench.listing.begin(generation);
        self.perform(Effect::List { generation });
        let mut have = 0;
        let listed = self.until(move |event| {
            if let Event::Page {
                generation: of,
                assets,
                total,
            } = event
                && *of == generation
            {
                have += assets.len() as u64;
                progress(have, *total);
            }
            if let Event::ListFailed { failure, .. } = event {
                return Some(Err(failure.clone()));
            }
            let listed = matches!(event, Event::Listed { generation: of, .. } if *of == generation);
            listed.then_some(Ok(()))
        });
        listed.await?;
        let picture = Box::new(self.workbench.listing.clone());
        self.perform(Effect::KeepListing(picture));
        Ok(())
    }

    /// Keeps what has come of a listing, if that is what the news asks for.
    pub(super) fn keep_so_far(&self, event: &Event) {
        if let Event::KeepDue { generation, page } = *event
            && generation == self.workbench.listing.generation
        {
            let listing = Box::new(self.workbench.listing.clone());
            self.perform(Effect::KeepSoFar { listing, page });
        }
    }

    /// Reads the thumbnails of these rows that are not known yet; a call an asset on some
    /// endpoints. They are kept with the listing. `progress` gets how many have come, of how many.
    ///
    /// # Errors
    ///
    /// If one can't be read; those read before stay.
    pub async fn thumbnails(
        &mut self,
        rows: &RoaringBitmap,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<(), Failure> {
        let key = FieldKey::thumbnail();
        let listing = &self.workbench.listing;
        let unread = rows & listing.unread(&key);
        let (all, mut came) = (unread.len(), 0);
        let ids: Vec<AssetId> = unread.iter().map(|row| listing.id(row)).collect();
        for chunk in ids.chunks(THUMBNAILS_AT_A_TIME) {
            self.perform(Effect::Thumbnails(chunk.to_vec()));
            self.until(|event| {
                let read = matches!(event, Event::Values(_));
                if read { Some(Ok(())) } else { failed(event) }
            })
            .await?;
            let listing = &self.workbench.listing;
            let rows = chunk.iter().filter_map(|id| listing.row(id));
            let assets = rows.map(|row| listing.asset_knowing(row, &key)).collect();
            self.perform(Effect::KeepAssets(assets));
            came += chunk.len() as u64;
            progress(came, all);
        }
        Ok(())
    }
}
