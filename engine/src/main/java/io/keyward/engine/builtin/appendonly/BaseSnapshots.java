package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Writes and reads the base of an append-only file: a snapshot of all data. */
public interface BaseSnapshots {
  /** Whether nobody else is writing a snapshot; if so, nobody may until {@link #end}. */
  boolean begin();

  /**
   * Waits until that is so. Not to be called on a loop.
   *
   * @param wanted asked now and then whether it still is
   * @return false, and nobody else is kept from writing, if it is not
   */
  boolean awaitTurn(BooleanSupplier wanted) throws InterruptedException;

  /** Lets others write snapshots again. */
  void end();

  /**
   * Takes the folder of the data files for this process: a log that is off has left it to whoever
   * comes, and it may have vanished.
   *
   * @throws IOException if it cannot be taken; the message says what to do
   */
  void takeFolder() throws IOException;

  /**
   * Writes, between {@link #begin} and {@link #end}, the data of every home, as it is at one
   * instant of each, and forces the file to the disk. Not to be called on a loop.
   *
   * @param instant is called on each home's loop at its instant: what changes afterwards is not in
   *     the file
   * @param wanted asked now and then whether it still is
   * @throws IOException if it cannot be written or is no longer wanted; the file is gone then
   */
  void write(Path file, Consumer<Home> instant, BooleanSupplier wanted)
      throws IOException, InterruptedException;

  /**
   * Reads a snapshot into the keyspaces. Not to be called on a loop.
   *
   * @param progress is told how far in the file the reading has come
   * @return where the snapshot ends in the file, which may go on with commands
   * @throws IOException if it cannot be read or is damaged
   */
  long read(Path file, Residents residents, LoadProgress progress)
      throws IOException, InterruptedException;
}
