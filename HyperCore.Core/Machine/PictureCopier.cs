using System;
using System.Runtime.InteropServices;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// Shows a VM's picture on a screen of another size or pixel format: centred, enlarged by a whole number, or made smaller. Lines that look as
/// before are not written again. The work is done in slices, so that input never waits for it.
/// </summary>
public sealed unsafe class PictureCopier
{
    private const ulong HashFactor = 0x9E37_79B9_7F4A_7C15;
    private const int LinesBetweenLooks = 8;

    private readonly HostFramebuffer _host;
    private readonly uint[] _line;
    private readonly ulong[] _hashes;
    private DisplayMode _mode;
    private uint _width;
    private uint _height;
    private uint _left;
    private uint _top;
    private uint _next;

    /// <summary>Creates a copier to a screen.</summary>
    public PictureCopier(HostFramebuffer host)
    {
        _host = host;
        _line = new uint[host.Description.Width];
        _hashes = new ulong[host.Description.Height];
    }

    /// <summary>Begins with another picture: the screen turns black.</summary>
    public void Begin(in DisplayMode mode)
    {
        _mode = mode;
        _next = 0;
        _hashes.AsSpan().Clear();
        byte* line = _host.Address;
        for (uint y = 0; y < _host.Description.Height; y++)
        {
            new Span<byte>(line, (int)(_host.Description.Width * 4)).Clear();
            line += _host.Description.Stride;
        }

        uint screenWidth = _host.Description.Width;
        uint screenHeight = _host.Description.Height;
        if (!mode.IsShown)
        {
            return;
        }

        uint factor = Math.Min(screenWidth / mode.Width, screenHeight / mode.Height);
        if (factor > 0)
        {
            _width = mode.Width * factor;
            _height = mode.Height * factor;
        }
        else if ((ulong)mode.Width * screenHeight > (ulong)mode.Height * screenWidth)
        {
            _width = screenWidth;
            _height = Math.Max(1, (uint)((ulong)mode.Height * screenWidth / mode.Width));
        }
        else
        {
            _height = screenHeight;
            _width = Math.Max(1, (uint)((ulong)mode.Width * screenHeight / mode.Height));
        }

        _left = (screenWidth - _width) / 2;
        _top = (screenHeight - _height) / 2;
    }

    /// <summary>Copies lines until the picture is done or the time is over.</summary>
    /// <param name="picture">The first pixel of the picture, all of which lies behind it.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="until">When to stop.</param>
    /// <returns>True when the picture is done; the next call begins a new one.</returns>
    public bool Copy(byte* picture, Clock clock, ulong until)
    {
        if (!_mode.IsShown)
        {
            return true;
        }

        uint lineInHand = uint.MaxValue;
        while (_next < _height)
        {
            CopyLine(picture, _next, ref lineInHand);
            _next++;
            if (_next % LinesBetweenLooks == 0 && clock.Now >= until)
            {
                break;
            }
        }

        if (_next < _height)
        {
            return false;
        }

        _next = 0;
        return true;
    }

    private void CopyLine(byte* picture, uint y, ref uint lineInHand)
    {
        var sourceLine = (uint)((ulong)y * _mode.Height / _height);
        byte* source = picture + ((ulong)sourceLine * _mode.Stride);
        ulong hash = Hash(source, _mode.LineBytes);
        if (_hashes[y] == hash)
        {
            return;
        }

        _hashes[y] = hash;
        if (sourceLine != lineInHand)
        {
            Convert(source);
            lineInHand = sourceLine;
        }

        byte* target = _host.Address + ((ulong)(_top + y) * _host.Description.Stride) + (_left * 4);
        MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(_line, 0, (int)_width)).CopyTo(new Span<byte>(target, (int)(_width * 4)));
    }

    // Every bit of a line counts, and its place. Zero is the hash of nothing seen yet.
    private static ulong Hash(byte* bytes, uint length)
    {
        ulong hash = HashFactor;
        ulong* words = (ulong*)bytes;
        uint count = length / 8;
        for (uint i = 0; i < count; i++)
        {
            hash = (hash ^ words[i]) * HashFactor;
            hash ^= hash >> 29;
        }

        for (uint i = count * 8; i < length; i++)
        {
            hash = (hash ^ bytes[i]) * HashFactor;
            hash ^= hash >> 29;
        }

        return hash | 1;
    }

    private void Convert(byte* source)
    {
        // Rounded up, so that enlarging by a whole number hits every pixel as often as the others.
        ulong step = (((ulong)_mode.Width << 32) + _width - 1) / _width;
        ulong position = 0;
        for (uint x = 0; x < _width; x++)
        {
            _line[x] = ToScreen(ReadPixel(source, Math.Min((uint)(position >> 32), _mode.Width - 1)));
            position += step;
        }
    }

    // As 00RRGGBB.
    private uint ReadPixel(byte* line, uint x)
    {
        switch (_mode.BitsPerPixel)
        {
            case 32:
                uint pixel = ((uint*)line)[x];
                return _mode.IsBigEndian
                    ? ((pixel >> 8) & 0xFF) << 16 | ((pixel >> 16) & 0xFF) << 8 | (pixel >> 24)
                    : pixel & 0xFF_FFFF;
            case 24:
                byte* bytes = line + (3 * x);
                return bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16);
            case 16:
                uint wide = ((ushort*)line)[x];
                return (Widen(wide >> 11, 5) << 16) | (Widen((wide >> 5) & 0x3F, 6) << 8) | Widen(wide & 0x1F, 5);
            default:
                uint narrow = ((ushort*)line)[x];
                return (Widen((narrow >> 10) & 0x1F, 5) << 16) | (Widen((narrow >> 5) & 0x1F, 5) << 8) | Widen(narrow & 0x1F, 5);
        }
    }

    private static uint Widen(uint value, int bits) => (value << (8 - bits)) | (value >> ((2 * bits) - 8));

    private uint ToScreen(uint pixel)
    {
        if (_host.IsBgrx)
        {
            return pixel;
        }

        return ((pixel >> 16) & 0xFF) << _host.Description.RedPosition
            | ((pixel >> 8) & 0xFF) << _host.Description.GreenPosition
            | (pixel & 0xFF) << _host.Description.BluePosition;
    }
}
