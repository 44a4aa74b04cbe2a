package io.keyward.config;

/** Where a setting's value came from. */
sealed interface Origin {
  /** The place in words that fit behind a value, such as "keyward.yaml, line 3". */
  String place();

  /** A line of a configuration file, counted from 1. */
  record FileLine(String file, int line) implements Origin {
    @Override
    public String place() {
      return file + ", line " + line;
    }
  }

  /** An environment variable. */
  record Variable(String name) implements Origin {
    @Override
    public String place() {
      return "environment variable " + name;
    }
  }

  /** An option of the command line. */
  record Option(String name) implements Origin {
    @Override
    public String place() {
      return "command line " + name;
    }
  }

  /** Nobody gave it. */
  record Default() implements Origin {
    @Override
    public String place() {
      return "default";
    }
  }
}
