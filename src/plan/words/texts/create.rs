//! Forms of text of `create:`.

use super::check_bucket;
use crate::plan::words::macros::texts;

texts! {
    /// The name of a bucket that is made.
    NewBucketName -> String:
        concat!("^", bucket!(), "$"),
        "the name of a bucket: 3 to 63 of `a-z 0-9 . -`, with a letter or digit at both ends", |text| {
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
        let begins = ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|head| text.starts_with(head));
        let ends = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|tail| text.ends_with(tail));
        if begins || ends { return Some("a name that does not begin or end with what S3 keeps for itself"); }
        check_bucket(text)
    };
    /// The alias of a key that is made.
    NewAlias -> String: "^alias/[A-Za-z0-9/_-]{1,250}$", "an alias such as `alias/mail`", |text| {
        text.starts_with("alias/aws/").then_some("an alias that does not begin with `alias/aws/`, which is AWS's own")
    };
    /// The name of a topic that is made.
    NewTopicName -> String: "^[A-Za-z0-9_-]{1,256}$", "the name of a topic: at most 256 of `a-z A-Z 0-9 _ -`, and no FIFO topic: SES publishes to none";
    /// The name of a secret that is made.
    NewSecretName -> String: "^[A-Za-z0-9/_+=.@-]{1,512}$", "the name of a secret: at most 512 of `a-z A-Z 0-9 / _ + = . @ -`";
    /// A customer managed key: its ARN, its id or `alias/…`.
    CustomerKey -> String: key!(""), "a key: its ARN, its id or `alias/…`", |text| {
        text.contains("alias/aws/").then_some("a customer managed key: what AWS manages itself cannot let SES in")
    };
    /// What a key is for.
    KeyDescription -> String: r"^[\s\S]+$", "text", |text| (text.chars().count() > 8192).then_some("at most 8192 characters");
    /// What a secret is for.
    SecretDescription -> String: r"^[\s\S]+$", "text", |text| (text.chars().count() > 2048).then_some("at most 2048 characters");
}
