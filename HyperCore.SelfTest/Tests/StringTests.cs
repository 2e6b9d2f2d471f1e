using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.SelfTest.Tests;

/// <summary>Strings, and text built in a buffer.</summary>
internal static unsafe class StringTests
{
    internal static void Run()
    {
        string hello = Make("hello");
        Report.Equal("string.length", 5, hello.Length);
        Report.Check("string.equals", hello == "hello" && hello != "hellO" && hello != "hell", "wrong");
        Report.Equal("string.index", 'e', hello[1]);
        Report.Equal("string.concat", "hello, world!", hello + ", " + Make("world") + "!");
        Report.Equal("string.substring", "ell", hello.Substring(1, 3));
        Report.Equal("string.substring-end", "lo", hello.Substring(3));
        Report.Equal("string.slice", "hel", hello[..3]);
        Report.Check("string.hash", hello.GetHashCode() == "hello".GetHashCode(), "differ");
        Report.Equal("string.from-char", "zzz", new string('z', 3));
        char* pointer = stackalloc char[] { 'p', 'q', '\0' };
        Report.Equal("string.from-pointer", "pq", new string(pointer));
        Report.Equal("string.to-string", "hello", ((object)hello).ToString());
        Report.Check("string.empty", string.IsNullOrEmpty("") && string.IsNullOrEmpty(null) && !string.IsNullOrEmpty("x") && string.Empty.Length == 0, "wrong");
        Report.Equal("string.switch", 2, hello switch { "hi" => 1, "hello" => 2, _ => 3 });
        Report.Equal("string.foreach", 532, Sum(hello));

        Span<char> buffer = stackalloc char[64];
        ulong number = 0xFFFF_FFFF_FFFF_FFFF;
        int negative = -12;
        Report.Equal("text.decimal", "18446744073709551615 -12", TextBuilder.Format(buffer, $"{number} {negative}"));
        uint small = 0xAB;
        Report.Equal("text.hexadecimal", "ab 000000ab", TextBuilder.Format(buffer, $"{small:x} {small:x8}"));
        Report.Equal("text.string", "vm=mail c", TextBuilder.Format(buffer, $"vm={Make("mail")} {'c'}"));
        Report.Equal("text.cut", "0123456789", TextBuilder.Format(buffer.Slice(0, 10), $"{"0123456789abcdef"}"));
        var text = new TextBuilder(buffer);
        text.AppendMemorySize(512ul << 20);
        text.PadTo(8);
        text.AppendDecimal(7ul, 3, '0');
        Report.Equal("text.builder", "512M    007", text.Text);
    }

    // Not a literal, so that nothing is known at compile time.
    private static string Make(ReadOnlySpan<char> text) => new(text);

    private static int Sum(string text)
    {
        int sum = 0;
        foreach (char c in text)
        {
            sum += c;
        }

        return sum;
    }
}
