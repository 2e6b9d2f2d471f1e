namespace HyperCore.Core.Console;

/// <summary>What to show in place of a character on a terminal that knows ASCII only.</summary>
public static class AsciiFallback
{
    /// <summary>The ASCII character nearest to <paramref name="character"/>.</summary>
    public static char For(char character) => character switch
    {
        <= '~' => character,
        '─' or '━' or '–' or '—' or '−' or '╴' or '╶' => '-',
        '═' => '=',
        '│' or '┃' or '║' or '‖' or '▏' or '▎' or '▍' or '▌' or '▐' => '|',
        >= '┌' and <= '╬' or >= '╭' and <= '╰' => '+',
        '█' or '▓' or '▉' or '▊' or '▋' or '▀' or '▄' => '#',
        '▒' or '■' => '=',
        '░' => '.',
        '●' or '•' or '◆' => '*',
        '○' or '□' => 'o',
        '▶' or '›' or '→' => '>',
        '◀' or '‹' or '←' => '<',
        '▲' or '↑' => '^',
        '▼' or '↓' => 'v',
        '✓' => '+',
        '✗' => 'x',
        '…' => '.',
        '·' => '-',
        '‘' or '’' => '\'',
        '“' or '”' => '"',
        >= 'À' and <= 'Å' => 'A',
        'Ç' => 'C',
        >= 'È' and <= 'Ë' => 'E',
        >= 'Ì' and <= 'Ï' => 'I',
        'Ñ' => 'N',
        >= 'Ò' and <= 'Ö' or 'Ø' => 'O',
        >= 'Ù' and <= 'Ü' => 'U',
        >= 'à' and <= 'å' => 'a',
        'ç' => 'c',
        >= 'è' and <= 'ë' => 'e',
        >= 'ì' and <= 'ï' => 'i',
        'ñ' => 'n',
        >= 'ò' and <= 'ö' or 'ø' => 'o',
        >= 'ù' and <= 'ü' => 'u',
        'ß' => 's',
        'ý' or 'ÿ' => 'y',
        '\u00A0' => ' ',
        _ => '?',
    };
}
