namespace HyperCore.StartScreen.Drawing;

/// <summary>A part of the screen, in pixels.</summary>
internal readonly record struct Rectangle(int Left, int Top, int Width, int Height)
{
    /// <summary>The first column to the right of it.</summary>
    public int Right => Left + Width;

    /// <summary>The first row below it.</summary>
    public int Bottom => Top + Height;

    /// <summary>The point is in it.</summary>
    public bool Contains(int x, int y) => x >= Left && x < Right && y >= Top && y < Bottom;

    /// <summary>The rectangle, larger by so much on each side.</summary>
    public Rectangle Grow(int by) => new(Left - by, Top - by, Width + (2 * by), Height + (2 * by));
}
