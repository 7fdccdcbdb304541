//! The people service and pictures.

use super::*;

#[tokio::test]
async fn a_caller_learns_who_it_is_and_who_else_there_is() {
    let catalogue = Catalogue::open().await;
    for path in ["/api/service/users/current", "/api/service/whoami"] {
        assert_eq!(catalogue.get(path).await.body["username"], "librarian");
    }
    let path = "/api/service/users?filter=%7B%22email%22%3A%7B%22%24ilike%22%3A%22%25mlee%25%22%7D%7D\
        &columns=username&count=true&offset=0&limit=20&maxLoginEvents=1";
    let found = catalogue.get(path).await;
    assert_eq!(found.body["records"][0]["username"], "mlee");
    assert_eq!(found.body["filterRecord"], 1);
    let past = catalogue
        .get("/api/service/users?sort=username&offset=100&limit=100")
        .await;
    assert_eq!(past.body["records"], json!([]));
    let group = "/api/service/v2/groups?filter=%7B%22%24and%22%3A%5B%7B%22alias%22%3A%7B\
        %22%24ilike%22%3A%22%25stewards%25%22%7D%7D%5D%7D&count=true&offset=0&limit=20";
    assert_eq!(
        catalogue.get(group).await.body["records"][0]["name"],
        "data_stewards"
    );
}

#[tokio::test]
async fn a_picture_is_taken_and_given_out_again_by_its_id() {
    let catalogue = Catalogue::open().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nimage\r\n--b\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\
        Content-Type: image/png\r\n\r\n\"PNG\"\r\n--b--\r\n";
    let request = format!("Authorization: Bearer {DEMO_TOKEN}\r\n");
    let form = format!("{request}X-Form: 1\r\n");
    let answer = catalogue
        .send("POST", "/api/service/images", &form, body)
        .await;
    assert_eq!(answer.status, 400, "the content type says it is no form");
    let answer = catalogue.send_form("/api/service/images", body).await;
    assert_eq!(answer.body["fileName"], "x.png");
    assert_eq!(
        (&answer.body["fileSize"], &answer.body["extension"]),
        (&json!("5"), &json!(".png"))
    );
    let id = answer.body["id"].as_str().unwrap();
    assert_eq!(
        catalogue
            .get(&format!("/api/service/images/{id}"))
            .await
            .body,
        "PNG"
    );
    assert_eq!(catalogue.get("/api/service/images/none").await.status, 404);
}
