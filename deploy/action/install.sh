#!/usr/bin/env bash
# Puts postroom on the path of the job: a release, checked twice, or the source that the action stands in.
set -euo pipefail

home=$RUNNER_TEMP/postroom
if [ -x "$home/bin/postroom" ]; then
    echo "postroom is there already"
elif [ -z "$VERSION" ]; then
    cargo install --locked --path "$SOURCE" --root "$home"
else
    case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    *)
        echo "::error::there is no release for $RUNNER_OS on $RUNNER_ARCH: leave \`version\` empty, and it is built"
        exit 1
        ;;
    esac
    archive=postroom-$VERSION-$target.tar.gz
    rm -rf "$home" && mkdir -p "$home/bin"
    gh release download "$VERSION" --repo "$REPOSITORY" --dir "$home" --pattern "$archive" --pattern SHA256SUMS
    # The line of the archive must be there: a list without it would check nothing.
    (
        cd "$home"
        grep -F "  $archive" SHA256SUMS >wanted
        if command -v sha256sum >/dev/null; then sha256sum --check --strict wanted; else shasum -a 256 --check wanted; fi
    )
    gh attestation verify "$home/$archive" --repo "$REPOSITORY"
    tar -xzf "$home/$archive" -C "$home/bin" --strip-components 1
fi
echo "$home/bin" >>"$GITHUB_PATH"
"$home/bin/postroom" --version
