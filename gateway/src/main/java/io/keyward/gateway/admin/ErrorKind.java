package io.keyward.gateway.admin;

import java.util.Set;

/** The codes of error replies that are told apart; scripts may invent others without end. */
final class ErrorKind {
  private static final String OTHER = "other";

  private static final Set<String> KNOWN =
      Set.of(
          "ASK",
          "BUSY",
          "BUSYGROUP",
          "BUSYKEY",
          "CLUSTERDOWN",
          "CROSSSLOT",
          "ERR",
          "EXECABORT",
          "LOADING",
          "MISCONF",
          "MOVED",
          "NOAUTH",
          "NOGROUP",
          "NOPERM",
          "NOPROTO",
          "NOSCRIPT",
          "NOTBUSY",
          "OOM",
          "READONLY",
          "TRYAGAIN",
          "UNBLOCKED",
          "UNKILLABLE",
          "WRONGPASS",
          "WRONGTYPE");

  private ErrorKind() {}

  /** The label of an error's code. */
  static String of(String code) {
    return KNOWN.contains(code) ? code : OTHER;
  }
}
