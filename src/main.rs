//! Arguments in, exit code out.

use std::process::ExitCode;

use mimalloc::MiMalloc;

// A thousand requests under way at once are mostly allocations.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    postroom::cli::main()
}
