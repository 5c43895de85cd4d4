/* What the forms of a document share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/document.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_BLOCK_HEADING,
  FOVEA_BLOCK_SUBHEADING,
  FOVEA_BLOCK_PARAGRAPH,
  FOVEA_BLOCK_TABLE,
  FOVEA_BLOCK_CHART,
  FOVEA_BLOCK_FIGURE,
} FoveaBlockKind;

/**
 * FoveaBlock:
 * @name: of a table, chart or figure: its file's, without ending
 * @text: a text; a table's caption
 * @n_columns, @n_rows: of a table; its headings not counted
 * @headings: of a table's columns
 * @cells: of a table, row by row
 * @record: (nullable): of a figure, how it was made
 * @numeric: of a table's columns: whether all cells are numbers, which stand to the right
 */
typedef struct {
  FoveaBlockKind kind;
  char *name;
  char *text;
  guint n_columns;
  guint n_rows;
  char **headings;
  char **cells;
  gboolean *numeric;
  FoveaChart *chart;
  FoveaFigure *figure;
  char *record;
} FoveaBlock;

struct _FoveaDocument {
  char *title;
  char *subtitle;
  GPtrArray *blocks; /* FoveaBlock */
};

char *fovea_block_table_to_csv (const FoveaBlock *block);

G_END_DECLS
