using System;
using System.IO;
using System.Runtime.InteropServices;
using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

/// <summary>A framebuffer in memory, with a guard behind each line and behind the end.</summary>
internal sealed unsafe class FakeDisplay : IDisposable
{
    private const uint Guard = 0xDEAD_BEEF;
    private const int GuardPixels = 5;

    private readonly uint* _memory;
    private readonly int _pixelsPerLine;

    public FakeDisplay(int width, int height)
    {
        Width = width;
        Height = height;
        _pixelsPerLine = width + GuardPixels;
        _memory = (uint*)NativeMemory.AllocZeroed((nuint)(Length * 4));
        All.Fill(Guard);
        Assert.True(Framebuffer.TryCreate((nint)_memory, (ulong)Length * 4, width, height, _pixelsPerLine * 4, PixelFormat.Bgrx, out Framebuffer framebuffer));
        Framebuffer = framebuffer;
    }

    public int Width { get; }

    public int Height { get; }

    public Framebuffer Framebuffer { get; }

    private int Length => _pixelsPerLine * Height;

    private Span<uint> All => new(_memory, Length);

    public uint this[int x, int y] => All[(y * _pixelsPerLine) + x];

    /// <summary>Sets all pixels.</summary>
    public void Fill(uint pixel)
    {
        for (int y = 0; y < Height; y++)
        {
            All.Slice(y * _pixelsPerLine, Width).Fill(pixel);
        }
    }

    /// <summary>How many pixels are of this value.</summary>
    public int Count(uint pixel) => All.Count(pixel);

    public void AssertGuardsIntact()
    {
        for (int y = 0; y < Height; y++)
        {
            Assert.False(All.Slice((y * _pixelsPerLine) + Width, GuardPixels).ContainsAnyExcept(Guard), $"line {y}");
        }
    }

    public void AssertEveryPixelDrawn() => Assert.Equal(GuardPixels * Height, All.Count(Guard));

    /// <summary>Saves a picture in artifacts/screens, for people to look at.</summary>
    public void Save(string name)
    {
        string? directory = AppContext.BaseDirectory;
        while (directory != null && !File.Exists(Path.Combine(directory, "HyperCore.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        if (directory != null)
        {
            string screens = Path.Combine(directory, "artifacts", "screens");
            Directory.CreateDirectory(screens);
            Png.Write(Path.Combine(screens, name + ".png"), All, Width, Height, _pixelsPerLine);
        }
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
