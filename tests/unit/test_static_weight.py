"""What a phone has to fetch of our own JavaScript, all pages together."""

from frontend.assets import files

AT_MOST = 30 * 1024


def test_all_of_our_own_javascript_is_at_most_thirty_kilobytes_compressed() -> None:
    weights = {
        name: len(file.compressed or file.body)
        for name, file in files().items()
        if name.startswith("js/")
    }
    assert "js/editor.js" in weights
    assert sum(weights.values()) <= AT_MOST, weights
