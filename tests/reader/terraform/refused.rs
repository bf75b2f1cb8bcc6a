//! What Terraform refuses is refused, with the place where it is wrong.

use patternbook::diag::{Code, Source};

use super::written::{read, read_text};

#[track_caller]
fn refused(text: &str, code: Code, at: &str) {
    let diags = read_text(text).unwrap_err();
    let first = diags.iter().next().unwrap();
    let place = first.primary.as_ref().unwrap();
    assert_eq!((first.code, place.text()), (code, at), "{first}");
}

#[test]
fn mistakes_have_places() {
    refused("a {\n  b = = 1\n}\n", Code::HclSyntax, "=");
    refused(
        "resource \"aws_vpc\" \"v\" {\n  cidr_block = var.cdir\n}\nvariable \"cidr\" {}\n",
        Code::UnknownReference,
        "var.cdir",
    );
    refused(
        "resource \"aws_subnet\" \"s\" {\n  vpc_id = aws_vpc.v.id\n}\n",
        Code::UnknownReference,
        "aws_vpc.v.id",
    );
    refused(
        "locals {\n  a = local.b\n}\n",
        Code::UnknownReference,
        "local.b",
    );
    refused(
        "locals {\n  a = local.b\n  b = [local.a]\n}\n",
        Code::TooComplex,
        "local.b",
    );
    refused(
        "resource \"t\" \"n\" {}\nresource \"t\" \"n\" {}\n",
        Code::DuplicateAddress,
        "n",
    );
    refused(
        "resource \"aws_vpc\" \"v\" {\n  cidr_block = \"10.0.0.0/33\"\n}\n",
        Code::InvalidCidr,
        "\"10.0.0.0/33\"",
    );
    refused(
        "output \"o\" {\n  value = cidrsubnet(\"10.0.0/8\", 8, 1)\n}\n",
        Code::InvalidCidr,
        "\"10.0.0/8\"",
    );
}

#[test]
fn a_folder_without_a_configuration_is_none() {
    let diags = read(&[]).unwrap_err();
    assert_eq!(diags.iter().next().unwrap().code, Code::NoConfiguration);
    let diags = read(&[Source::new("readme.md", "# x")]).unwrap_err();
    assert_eq!(diags.iter().next().unwrap().code, Code::NoConfiguration);
}

#[test]
fn a_circle_through_modules_is_one() {
    let files = [
        Source::new(
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n  x = module.m.y\n}\noutput \"o\" {\n  value = module.m.y\n}\n",
        ),
        Source::new(
            "m/main.tf",
            "variable \"x\" {}\noutput \"y\" {\n  value = var.x\n}\n",
        ),
    ];
    let diags = read(&files).unwrap_err();
    assert_eq!(diags.iter().next().unwrap().code, Code::TooComplex);
}
