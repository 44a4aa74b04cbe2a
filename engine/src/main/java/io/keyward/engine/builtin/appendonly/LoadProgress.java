package io.keyward.engine.builtin.appendonly;

/** How far the loading of data has come; written by the loading thread, read by any. */
public final class LoadProgress {
  private volatile boolean loading;
  private volatile long startedAt;
  private volatile long totalBytes;
  private volatile long finishedFiles;
  private volatile long inFile;

  /** Whether data is being loaded. */
  public boolean loading() {
    return loading;
  }

  /** Milliseconds since 1970. */
  public long startedAt() {
    return startedAt;
  }

  /** Bytes of all files that are loaded. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Bytes that have been read of them. */
  public long loadedBytes() {
    return finishedFiles + inFile;
  }

  /** Says that so many bytes are to be read. */
  public void begin(long total) {
    startedAt = System.currentTimeMillis();
    totalBytes = total;
    finishedFiles = 0;
    inFile = 0;
    loading = true;
  }

  /** Says how far in the present file the reading has come. */
  public void at(long offset) {
    inFile = offset;
  }

  void fileEnds(long size) {
    long before = finishedFiles;
    inFile = 0;
    finishedFiles = before + size;
  }

  /** Says that everything is loaded. */
  public void end() {
    loading = false;
  }
}
