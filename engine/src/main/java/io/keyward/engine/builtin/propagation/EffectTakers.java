package io.keyward.engine.builtin.propagation;

import org.jspecify.annotations.Nullable;

/** Who gets what is written to a stream: a sink, a follower beside it, both, or nobody. */
final class EffectTakers {
  private @Nullable EffectSink sink;
  private @Nullable EffectFollower follower;
  private boolean sinkAlone = true;
  private boolean followerAlone = true;

  /** Gives the stream to a sink from here on, or to none. */
  void sink(@Nullable EffectSink taker, boolean only) {
    sink = taker;
    sinkAlone = only;
  }

  /** Shows the stream to a follower from here on, or to none. */
  void follower(@Nullable EffectFollower copied, boolean only) {
    follower = copied;
    followerAlone = only;
  }

  boolean haveSink() {
    return sink != null;
  }

  boolean haveFollower() {
    return follower != null;
  }

  boolean any() {
    return sink != null || follower != null;
  }

  /** Whether they get nothing but this stream, so that the selected database outlives a piece. */
  boolean alone() {
    return sinkAlone && followerAlone;
  }

  /** Says that something has been done that is not written, since there was no memory for it. */
  void missing() {
    EffectSink taker = sink;
    if (taker != null) {
      taker.missing();
    }
    EffectFollower copied = follower;
    if (copied != null) {
      copied.missing();
    }
  }

  /**
   * Gives them what has been written. The array and what is among its bytes are theirs afterwards.
   *
   * @param spare gets the array back if there is no sink
   * @param position where the stream ends with it
   * @param whole whether no unit goes on behind it
   * @param database that is selected at its end
   * @param noted whether there may be notes in it
   * @throws OutOfMemoryError if the sink has none for it; then nobody has got anything
   */
  void take(
      EffectBuffer written,
      Buffers spare,
      long position,
      boolean whole,
      int database,
      boolean noted) {
    EffectSink taker = sink;
    if (taker != null) {
      taker.take(written.bytes(), written.length(), written.among(), position);
    }
    // The array is filled anew by this loop alone, so that it still holds the same.
    show(written, whole, database, noted);
    if (taker == null) {
      spare.giveBack(written.bytes());
      written.release();
    }
  }

  private void show(EffectBuffer written, boolean whole, int database, boolean noted) {
    EffectFollower copied = follower;
    if (copied == null) {
      return;
    }
    LongArguments among = written.among();
    try {
      if (among.isEmpty()) {
        copied.see(written.bytes(), written.length(), whole, database, noted);
      } else {
        byte[] joined = among.joined(written.bytes(), written.length());
        copied.see(joined, joined.length, whole, database, noted);
      }
    } catch (OutOfMemoryError | ArithmeticException noRoom) {
      // Also where it is more than one array can hold.
      copied.missing();
    }
  }
}
