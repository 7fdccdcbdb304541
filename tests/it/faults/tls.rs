//! Row 33: servers whose certificate proves nothing. Each is refused with the reason, and not a byte
//! of the credentials leaves; an authority of one's own is trusted if the machine is told to.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::support::Desk;

/// An authority, and a file that tells a machine to trust it.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "Harbour Museum Authority");
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A server with a certificate for a name, good until the end of a year.
    fn server(&self, name: &str, year: i32) -> Server {
        let key = KeyPair::generate().unwrap();
        let params = params(name, year);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Server::start(certificate.der().clone(), &key)
    }
}

fn params(name: &str, year: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(year, 12, 31);
    params
}

/// A server that answers every request with an empty 404, if it ever hears one.
struct Server {
    port: u16,
    heard: Arc<AtomicUsize>,
}

impl Server {
    /// Signed by itself.
    fn of_its_own(name: &str, year: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, year).self_signed(&key).unwrap();
        Self::start(certificate.der().clone(), &key)
    }

    fn start(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<AtomicUsize> = Arc::default();
        let counted = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, counted) = (Arc::clone(&config), Arc::clone(&counted));
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(connection, stream);
                    let mut piece = [0; 4096];
                    // A client that refuses us says so instead of asking anything.
                    while let Ok(count @ 1..) = stream.read(&mut piece) {
                        counted.fetch_add(count, Ordering::SeqCst);
                        let answer = b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n";
                        if stream.write_all(answer).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { port, heard }
    }

    /// What signing in says, on a machine that trusts this file's authorities alone.
    fn told(&self, trusted: &str) -> String {
        let address = format!("https://localhost:{}", self.port);
        let desk = Desk::at(&address, "");
        let file = desk.file("authorities.pem", trusted);
        let desk = desk
            .variable("SSL_CERT_FILE", &file.display().to_string())
            .variable("SSL_CERT_DIR", "/nowhere");
        let mut told = String::new();
        for profile in crate::support::BOTH {
            let ran = desk.on(profile, &["check"]);
            told.push_str(&ran.out);
            told.push_str(&ran.said);
            let listed = desk.on(profile, &["list"]);
            assert_eq!(listed.out, "", "nothing is listed");
            told.push_str(&listed.said);
        }
        told
    }

    /// Insists that it was refused with this reason, and that it never heard a byte.
    #[track_caller]
    fn is_refused(&self, trusted: &str, why: &str) {
        let told = self.told(trusted);
        assert!(told.matches(why).count() >= 4, "no `{why}` in:\n{told}");
        assert_eq!(self.heard.load(Ordering::SeqCst), 0, "it heard something");
    }
}

#[test]
fn row_33_a_certificate_that_proves_nothing_is_refused_with_the_reason() {
    let ours = Authority::new();
    let name = "localhost";
    let unknown = "its certificate is signed by nobody this machine trusts";
    Server::of_its_own(name, 2090).is_refused(&ours.pem, unknown);
    // Somebody in the middle has an authority of their own.
    Authority::new()
        .server(name, 2090)
        .is_refused(&ours.pem, unknown);
    ours.server(name, 2020)
        .is_refused(&ours.pem, "its certificate has expired");
    ours.server("images.example.com", 2090)
        .is_refused(&ours.pem, "its certificate is for another name");
}

#[test]
fn row_33_an_authority_of_ones_own_is_trusted_once_the_machine_is_told_to() {
    let ours = Authority::new();
    let server = ours.server("localhost", 2090);
    let told = server.told(&ours.pem);
    assert!(!told.contains("certificate"), "{told}");
    assert!(server.heard.load(Ordering::SeqCst) > 0, "it was asked");
}
