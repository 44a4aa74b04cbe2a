package io.keyward.engine.builtin.appendonly;

/** How far the loading of data has come; written by the loading thread, read by any. */
public final class LoadProgress {
  private volatile boolean loading;
  private volatile long startedAt;
  private volatile long totalBytes;
  private volatile long finishedFiles;
  private volatile long inFile;
  private volatile long begunNanos;
  private volatile long usedMemory;

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
    begunNanos = System.nanoTime();
    totalBytes = total;
    usedMemory = 0;
    finishedFiles = 0;
    inFile = 0;
    loading = true;
  }

  /** Says which memory the data took, in bytes, where a snapshot that is loaded was written. */
  public void usedMemory(long bytes) {
    usedMemory = bytes;
  }

  /** Bytes of memory that the data took where the snapshot was written; 0 if it does not say. */
  public long usedMemory() {
    return usedMemory;
  }

  /** Seconds that the loading has taken so far. */
  public long seconds() {
    return (System.nanoTime() - begunNanos) / 1_000_000_000;
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
