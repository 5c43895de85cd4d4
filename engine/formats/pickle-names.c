/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle-names.h"

#include <string.h>

/* Modules of Python's library through which a program, a module, a connection or a file can be opened, or
 * text be run as a program. No checkpoint needs them. */
static const char *const dangerous_modules[] = {
  "_io", "_posixsubprocess", "_pickle", "_thread", "aiohttp", "asyncio", "bdb", "cPickle", "cProfile", "cffi",
  "cloudpickle", "code", "codeop", "commands", "concurrent", "ctypes", "dill", "distutils", "doctest",
  "ensurepip", "fileinput", "ftplib", "gc", "http", "httplib", "idlelib", "imaplib", "imp", "importlib",
  "inspect", "io", "joblib", "linecache", "marshal", "mmap", "multiprocessing", "nt", "os", "pdb", "pickle", "pip",
  "pkgutil", "platform", "poplib", "popen2", "posix", "profile", "pty", "pydoc", "requests", "runpy", "setuptools",
  "shelve", "shutil", "signal", "site", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys",
  "telnetlib", "tempfile", "threading", "timeit", "trace", "urllib", "urllib2", "venv", "webbrowser",
  "xmlrpc", "zipimport",
};

/* Whatever module they are reached through. */
static const char *const dangerous_functions[] = {
  "CodeType", "FunctionType", "LambdaType", "__import__", "attrgetter", "compile", "cpp_extension", "eval", "exec",
  "execfile", "execv", "execve", "fork", "import_module", "load_module", "methodcaller", "popen", "runstring", "spawn",
  "system",
};

/* What Python's built-in names may be: types of data, which do nothing but hold it. Exceptions are
 * recognized by the ends of their names; getattr is looked at more closely where it is called. */
static const char *const harmless_builtins[] = {
  "Ellipsis", "NoneType", "NotImplemented", "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset",
  "getattr", "int", "list", "long", "object", "range", "set", "slice", "str", "tuple", "type", "unicode", "xrange",
};

static gboolean
is_one_of (const char *const *names,
           gsize n_names,
           const char *name,
           gsize length)
{
  for (gsize i = 0; i < n_names; i++)
    if (strlen (names[i]) == length && strncmp (names[i], name, length) == 0)
      return TRUE;
  return FALSE;
}

#define IS_ONE_OF(names, name, length) is_one_of (names, G_N_ELEMENTS (names), name, length)

/**
 * fovea_pickle_attribute_is_dangerous:
 * @name: an attribute's name, or a path of them with dots between
 *
 * Returns: whether it leads to something that no checkpoint needs: out of an allowed module to one of
 *   the modules it imported (`torch.serialization`'s `os.system`), to a function that runs text, or
 *   into Python's own mechanisms (`__class__`, `__globals__`)
 */
gboolean
fovea_pickle_attribute_is_dangerous (const char *name)
{
  while (TRUE)
    {
      gsize length = strcspn (name, ".");

      if (IS_ONE_OF (dangerous_modules, name, length) || IS_ONE_OF (dangerous_functions, name, length) ||
          is_one_of ((const char *const[]) { "builtins", "__builtin__", "__builtins__" }, 3, name, length))
        return TRUE;
      if (name[length] == '\0')
        return FALSE;
      if (g_str_has_prefix (name, "__"))
        return TRUE;
      name += length + 1;
    }
}

/**
 * fovea_pickle_name_is_dangerous:
 * @module: a Python module
 * @name: what the pickle wants of it
 *
 * Nothing that a pickle names is ever run, so this decides only whether a file is opened at all: one
 * that would run a command in Python should be seen for what it is, not half read.
 *
 * Returns: whether the file should be refused
 */
gboolean
fovea_pickle_name_is_dangerous (const char *module,
                                const char *name)
{
  if (strcmp (module, "builtins") == 0 || strcmp (module, "__builtin__") == 0)
    return !IS_ONE_OF (harmless_builtins, name, strlen (name)) && !g_str_has_suffix (name, "Error") &&
           !g_str_has_suffix (name, "Exception") && !g_str_has_suffix (name, "Warning");

  return IS_ONE_OF (dangerous_modules, module, strcspn (module, ".")) || fovea_pickle_attribute_is_dangerous (name);
}
