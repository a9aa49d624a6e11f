"""How the site is built: executed chapters in, pages out, every asset local (no request leaves the page)."""

project = "Frontlines"
author = "The Frontlines authors"
copyright = "2026, the Frontlines authors. Text, tables and figures CC BY 4.0, code MIT"  # noqa: A001
html_title = "Frontlines"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_parts"]
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

# the chapters arrive executed; the default would fetch require.js and a widget manager from elsewhere
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show the answer"
nb_code_prompt_hide = "Hide the answer"
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3

default_role = "code"
add_module_names = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["frontlines.css"]
html_js_files = ["frontlines.js"]
html_show_sphinx = False
html_copy_source = False
html_domain_indices = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1d4f73", "color-brand-content": "#1d4f73"},
    "dark_css_variables": {"color-brand-primary": "#8cc1e6", "color-brand-content": "#8cc1e6"},
    "top_of_page_buttons": [],
}


def setup(app):
    # the fields of a named tuple come with a text that says nothing
    app.connect("autodoc-skip-member", lambda *event: type(event[3]).__name__ == "_tuplegetter" or None)
