using System;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Machine;
using HyperCore.Core.Platform;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed unsafe class PictureCopierTests
{
    private const uint Width = 640;
    private const uint Height = 400;
    private const uint Stride = 660 * 4;

    private readonly uint[] _screen = GC.AllocateArray<uint>((int)(Stride / 4 * Height), pinned: true);
    private readonly FakeClock _clock = new();

    [Fact]
    public void Copy_SmallerPicture_IsEnlargedByAWholeNumberAndCentred()
    {
        uint[] picture = Numbered(200, 150);
        Show(picture, new DisplayMode(200, 150, 32, 800, 0));
        for (uint y = 0; y < Height; y++)
        {
            for (uint x = 0; x < Width; x++)
            {
                bool inside = x is >= 120 and < 520 && y is >= 50 and < 350;
                Assert.Equal(inside ? picture[((y - 50) / 2 * 200) + ((x - 120) / 2)] : 0, Pixel(x, y));
            }
        }
    }

    [Fact]
    public void Copy_LargerPicture_KeepsItsProportions()
    {
        uint[] picture = new uint[1600 * 1200];
        Array.Fill(picture, 0x123456u);
        Show(picture, new DisplayMode(1600, 1200, 32, 6400, 0));
        Assert.Equal(0u, Pixel(52, 200)); // 533 of 640 are used
        Assert.Equal(0x123456u, Pixel(53, 0));
        Assert.Equal(0x123456u, Pixel(585, 399));
        Assert.Equal(0u, Pixel(586, 399));
    }

    [Fact]
    public void Copy_SecondTime_OnlyChangedLinesAreWritten()
    {
        uint[] picture = Numbered(Width, Height);
        var mode = new DisplayMode(Width, Height, 32, Width * 4, 0);
        PictureCopier copier = Show(picture, mode);
        Array.Fill(_screen, 0xDEADu);
        picture[(17 * Width) + 5]++;
        fixed (uint* pixels = picture)
        {
            Assert.True(copier.Copy((byte*)pixels, _clock, ulong.MaxValue));
        }

        for (uint y = 0; y < Height; y++)
        {
            Assert.Equal(y == 17 ? picture[y * Width] : 0xDEADu, Pixel(0, y));
        }
    }

    [Fact]
    public void Copy_TimeIsOver_GoesOnWhereItStopped()
    {
        uint[] picture = Numbered(Width, Height);
        var copier = new PictureCopier(Screen(PixelOrder.Bgrx));
        copier.Begin(new DisplayMode(Width, Height, 32, Width * 4, 0));
        int slices = 0;
        fixed (uint* pixels = picture)
        {
            while (!copier.Copy((byte*)pixels, _clock, 0))
            {
                slices++;
            }
        }

        Assert.True(slices > 10);
        Assert.Equal(picture[^1], Pixel(Width - 1, Height - 1));
        Assert.Equal(picture[0], Pixel(0, 0));
    }

    [Theory]
    [InlineData(32, false, 0x00112233u)]
    [InlineData(32, true, 0x33221100u)]
    [InlineData(24, false, 0x00112233u)]
    [InlineData(16, false, 0x1106u)] // 00010 001000 00110
    [InlineData(15, false, 0x0886u)] // 00010 00100 00110
    public void Copy_OtherFormats_AreConverted(int bits, bool isBigEndian, uint pixel)
    {
        byte[] picture = new byte[Width * Height * 4];
        for (int i = 0; i < Width * Height; i++)
        {
            for (int at = 0; at < (bits + 7) / 8; at++)
            {
                picture[(i * ((bits + 7) / 8)) + at] = (byte)(pixel >> (8 * at));
            }
        }

        var mode = new DisplayMode(Width, Height, (uint)bits, Width * (((uint)bits + 7) / 8), 0, isBigEndian);
        Show(MemoryMarshal.Cast<byte, uint>(picture).ToArray(), mode);
        uint expected = bits > 16 ? 0x112233u : 0x102131u;
        Assert.Equal(expected & 0xF8F8F8, Pixel(333, 222) & 0xF8F8F8);
        Show(MemoryMarshal.Cast<byte, uint>(picture).ToArray(), mode, PixelOrder.Rgbx);
        uint swapped = Pixel(333, 222);
        Assert.Equal(expected & 0xF8F8F8, (((swapped & 0xFF) << 16) | (swapped & 0xFF00) | (swapped >> 16)) & 0xF8F8F8);
    }

    // Nothing is written beside the screen, nothing read beside the picture, whatever the sizes.
    [Fact]
    public void Copy_AnySize_StaysInside()
    {
        Gen.Select(Gen.Int[64, 2000], Gen.Int[64, 2000], Gen.Int[0, 100]).Sample(
            (width, height, extra) =>
            {
                uint stride = (uint)(width + extra) * 4;
                uint[] picture = new uint[(stride / 4 * (uint)height)];
                Array.Fill(picture, 0x00AB_CDEFu);
                for (uint y = 0; y < Height; y++)
                {
                    _screen.AsSpan((int)((y * Stride / 4) + Width), (int)((Stride / 4) - Width)).Fill(0x5555_5555);
                }

                Show(picture, new DisplayMode((uint)width, (uint)height, 32, stride, 0));
                Assert.Equal(0xAB_CDEFu, Pixel(Width / 2, Height / 2));
                for (uint y = 0; y < Height; y++)
                {
                    Assert.Equal(-1, _screen.AsSpan((int)((y * Stride / 4) + Width), (int)((Stride / 4) - Width)).IndexOfAnyExcept(0x5555_5555u));
                }
            },
            iter: 100,
            threads: 1);
    }

    private enum PixelOrder
    {
        Bgrx,
        Rgbx,
    }

    private static uint[] Numbered(uint width, uint height)
    {
        uint[] picture = new uint[width * height];
        for (uint i = 0; i < picture.Length; i++)
        {
            picture[i] = i + 1;
        }

        return picture;
    }

    private uint Pixel(uint x, uint y) => _screen[(y * Stride / 4) + x];

    private PictureCopier Show(uint[] picture, DisplayMode mode, PixelOrder order = PixelOrder.Bgrx)
    {
        var copier = new PictureCopier(Screen(order));
        copier.Begin(mode);
        fixed (uint* pixels = picture)
        {
            Assert.True(copier.Copy((byte*)pixels, _clock, ulong.MaxValue));
        }

        return copier;
    }

    private HostFramebuffer Screen(PixelOrder order)
    {
        FramebufferDescription description = FramebufferDescription.Bgrx32(0, Width, Height, Stride);
        if (order == PixelOrder.Rgbx)
        {
            (description.RedPosition, description.BluePosition) = (description.BluePosition, description.RedPosition);
        }

        fixed (uint* screen = _screen)
        {
            return new HostFramebuffer((byte*)screen, 0x8000_0000, description);
        }
    }
}
