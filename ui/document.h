/* A document of text, tables, charts and figures, as one web page and as a PDF.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/chart.h"
#include "ui/figure.h"

G_BEGIN_DECLS

/**
 * FoveaDocument:
 *
 * Blocks from top to bottom. Needs no display. Belongs to one thread at a time.
 */
typedef struct _FoveaDocument FoveaDocument;

FoveaDocument *fovea_document_new (const char *title, const char *subtitle);
void fovea_document_free (FoveaDocument *document);

void fovea_document_add_heading (FoveaDocument *document, const char *text);
void fovea_document_add_subheading (FoveaDocument *document, const char *text);
void fovea_document_add_paragraph (FoveaDocument *document, const char *text);
void fovea_document_add_table (FoveaDocument *document, const char *name, const char *caption, guint n_columns, const char *const *headings, GPtrArray *cells);
void fovea_document_add_chart (FoveaDocument *document, const char *name, FoveaChart *chart);
void fovea_document_add_figure (FoveaDocument *document, const char *name, FoveaFigure *figure, const char *record);
char *fovea_document_make_file_name (const char *name);
guint fovea_document_get_n_blocks (const FoveaDocument *document);
void fovea_document_move_end (FoveaDocument *document, guint first, guint position);

char *fovea_document_to_html (FoveaDocument *document, GError **error);
GBytes *fovea_document_to_pdf (FoveaDocument *document, GError **error);
gboolean fovea_document_write (FoveaDocument *document, const char *folder, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDocument, fovea_document_free)

G_END_DECLS
