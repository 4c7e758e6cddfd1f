//! When the process is asked to end.

use tokio::signal::unix::{SignalKind, signal};

/// Listens from now on, and ends when the process gets SIGTERM, or Ctrl-C is pressed. If neither can be listened to, it never ends, and the
/// signals end the process themselves.
pub(crate) fn asked() -> impl Future<Output = ()> + Send + 'static {
    let listeners = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async {
        let (Ok(mut terminate), Ok(mut interrupt)) = listeners else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way are finished");
    }
}
