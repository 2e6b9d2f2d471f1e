using System;
using System.IO;
using HyperCore.StartScreen.Drawing;

namespace HyperCore.StartScreen.Linux;

/// <summary>The framebuffer /dev/fb0, 32 bits a pixel (linux/fb.h).</summary>
internal sealed unsafe class Screen
{
    private const nuint GetVariable = 0x4600;
    private const nuint GetFixed = 0x4602;
    private const int ReadWriteProtection = 3;
    private const int Shared = 1;

    private readonly byte* _memory;
    private readonly int _stride;
    private readonly bool _isRgb;

    private Screen(byte* memory, int width, int height, int stride, bool isRgb)
    {
        _memory = memory;
        Width = width;
        Height = height;
        _stride = stride;
        _isRgb = isRgb;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Opens the framebuffer.</summary>
    /// <exception cref="IOException">There is none, or it is not of the right kind.</exception>
    public static Screen Open()
    {
        int file = LibC.Open("/dev/fb0", LibC.ReadWrite | LibC.CloseOnExec);
        uint* variable = stackalloc uint[64];
        byte* fix = stackalloc byte[256];
        if (file < 0 || LibC.Control(file, GetVariable, (nuint)variable) < 0 || LibC.Control(file, GetFixed, (nuint)fix) < 0)
        {
            throw new IOException("there is no framebuffer");
        }

        // xres, yres, xres_virtual, yres_virtual, xoffset, yoffset, bits_per_pixel, grayscale, red.offset.
        if (variable[6] != 32)
        {
            throw new IOException($"the framebuffer has {variable[6]} bits a pixel instead of 32");
        }

        // id, smem_start, smem_len, type, type_aux, visual, 3 steps, line_length.
        uint length = *(uint*)(fix + 24);
        int stride = *(int*)(fix + 48);
        nint memory = LibC.Map(0, length, ReadWriteProtection, Shared, file, 0);
        if (memory == -1)
        {
            throw new IOException("the framebuffer cannot be mapped");
        }

        return new Screen((byte*)memory, (int)variable[0], (int)variable[1], stride, isRgb: variable[8] == 0);
    }

    /// <summary>Shows a part of a picture that is as large as the screen.</summary>
    public void Show(Canvas canvas, Rectangle area)
    {
        int left = Math.Clamp(area.Left, 0, Width);
        int right = Math.Clamp(area.Right, left, Width);
        for (int y = Math.Max(area.Top, 0); y < Math.Min(area.Bottom, Height); y++)
        {
            ShowRow(left, y, canvas.Pixels.Slice((y * Width) + left, right - left));
        }
    }

    /// <summary>Shows a small picture somewhere; what does not fit is left out.</summary>
    public void Show(Canvas canvas, int left, int top)
    {
        int width = Math.Clamp(Width - left, 0, canvas.Width);
        for (int y = 0; y < canvas.Height && top + y < Height; y++)
        {
            ShowRow(left, top + y, canvas.Pixels.Slice(y * canvas.Width, width));
        }
    }

    private void ShowRow(int left, int y, ReadOnlySpan<uint> source)
    {
        var target = new Span<uint>(_memory + ((long)y * _stride) + (left * 4L), source.Length);
        if (!_isRgb)
        {
            source.CopyTo(target);
            return;
        }

        for (int x = 0; x < source.Length; x++)
        {
            uint pixel = source[x];
            target[x] = (pixel & 0xFF00) | ((pixel >> 16) & 0xFF) | ((pixel & 0xFF) << 16);
        }
    }
}
