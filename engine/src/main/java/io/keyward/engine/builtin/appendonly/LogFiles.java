package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.appendonly.Manifest.Part;
import java.nio.file.Path;

/** Names of the files of an append-only file, as Redis gives them. */
record LogFiles(Path folder, String name) {

  static LogFiles of(LiveSettings settings) {
    Path folder =
        Path.of(settings.text(Directive.DIR)).resolve(settings.text(Directive.APPENDDIRNAME));
    return new LogFiles(folder, settings.text(Directive.APPENDFILENAME));
  }

  Path manifest() {
    return folder.resolve(name + ".manifest");
  }

  /** The single file that Redis wrote before version 7, beside the folder. */
  Path formerFile() {
    return folder.resolveSibling(name);
  }

  Path path(Part part) {
    return folder.resolve(part.file());
  }

  Part base(long sequence, boolean snapshot) {
    return new Part(name + "." + sequence + ".base" + (snapshot ? ".rdb" : ".aof"), sequence);
  }

  Part increment(long sequence) {
    return new Part(name + "." + sequence + ".incr.aof", sequence);
  }

  /** An increment that no base is there for yet. */
  Path unfinishedIncrement() {
    return folder.resolve("temp-" + ProcessHandle.current().pid() + "-" + name + ".incr.aof");
  }

  /** A base that is still being written. */
  Path unfinishedBase() {
    return folder.resolve("temp-rewriteaof-bg-" + ProcessHandle.current().pid() + ".aof");
  }
}
