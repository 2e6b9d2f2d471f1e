using HyperCore.StartScreen.Drawing;
using HyperCore.StartScreen.Input;

namespace HyperCore.StartScreen.Pages;

/// <summary>What the screen shows, and what keys and mouse do there.</summary>
internal abstract class Page
{
    /// <summary>Draws all of it.</summary>
    public abstract void Draw(Canvas canvas, Status status);

    /// <summary>A key was pressed.</summary>
    public abstract void Handle(KeyPress press);

    /// <summary>The mouse points somewhere.</summary>
    /// <returns>True when that changes what the page shows.</returns>
    public virtual bool Point(int x, int y) => false;

    /// <summary>The left button went down.</summary>
    public virtual void Click(int x, int y)
    {
    }
}
