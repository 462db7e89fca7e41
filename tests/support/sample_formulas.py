"""Formulas as models write them in answers about mathematics, one of each kind that is usual."""

INLINE = tuple(
    r"""
x
x^2
a_n
x_1, x_2, \ldots, x_n
\frac{1}{2}
\tfrac{3}{4}
\dfrac{a}{b}
\sqrt{2}
\sqrt[3]{x}
\pi
\alpha + \beta = \gamma
\Delta x
\theta = 30^\circ
90^{\circ}
\angle ABC
\triangle ABC \sim \triangle DEF
AB \parallel CD
AB \perp CD
\overline{AB}
\overrightarrow{AB}
\vec{v}
\hat{x}
\bar{x}
\tilde{f}
\dot{x}
\mathbf{v} \cdot \mathbf{w}
\mathbf{u} \times \mathbf{v}
\mathbb{R}^n
\mathbb{Z}/p\mathbb{Z}
\mathcal{O}(n \log n)
\mathrm{d}x
n!
\binom{n}{k}
{n \choose k}
a \equiv b \pmod{n}
7 \bmod 3
\gcd(a, b) = 1
\operatorname{lcm}(a, b)
\log_2 8 = 3
\ln x
e^{i\pi} + 1 = 0
\sin^2\theta + \cos^2\theta = 1
\tan^{-1} x
f: A \to B
f \colon X \rightarrow Y
x \mapsto x^2
f^{-1}(y)
f'(x)
f''(x)
y' + 2y = 0
|x - 3| \le 5
\lfloor x \rfloor
\lceil x \rceil
\left\lfloor \frac{n}{2} \right\rfloor
\|v\|
\lVert v \rVert_2
\langle u, v \rangle
x \in \{1, 2, 3\}
\{x \in \mathbb{R} \mid x > 0\}
A \cup B \cap C
A \setminus B
A \subseteq B
\emptyset
\varnothing
\forall x \exists y
p \land q \lor \neg r
p \implies q
p \iff q
\Rightarrow
\Leftrightarrow
\therefore x = 2
a \ne b
a \neq b
\approx 3.14
x \leq y \geq z
a \ll b
\pm 5
\mp
2 \times 3 \div 6
a \cdot b
\infty
\partial f / \partial x
\nabla f
\hbar\omega
\ell_1
\Re(z)
3 \text{ apples}
v = 5\,\text{m/s}
10^{-3}
6.02 \times 10^{23}
50\%
\$5
1{,}000
12{,}345
\boxed{42}
\boxed{\frac{3}{4}}
\boxed{x = 2 \text{ or } x = -3}
\boxed{\text{(C)}}
\text{Area} = \pi r^2
P(A \mid B)
\mathbb{E}[X]
\operatorname{Var}(X)
\mathrm{Cov}(X, Y)
X \sim \mathcal{N}(\mu, \sigma^2)
\hat{\beta}
\bar{X}_n
\det(A - \lambda I) = 0
A^{-1}
A^T
A^\top
\operatorname{tr}(A)
x^{2^{3}}
a_{i_j}
\underline{x}
\overbrace{a+b}^{2}
\xrightarrow{n \to \infty}
\ce{H2O}
\color{red}{x}
\textcolor{blue}{y}
\cancel{x}
\dots
\cdots
\vdots
a \oplus b
a \otimes b
\star
\circ
f \circ g
\mu\text{m}
\mathfrak{g}
\mathscr{L}
\aleph_0
\imath
\text{if } x > 0
\textbf{Step 1}
\mathbf{x}^T \mathbf{x}
\boldsymbol{\theta}
\bm{w}
x \not= y
\not\in
\notin
a \mid b
a \nmid b
\square
\blacksquare
\checkmark
\sqrt{x^2 + y^2}
\sqrt{\sqrt{2}}
m\angle A
\stackrel{?}{=}
\overset{d}{\to}
\underset{x}{\arg\max}
\arg\min_x f(x)
\limsup_{n} a_n
\sup S
\phantom{0}5
\quad x \qquad y
a\;b\:c\!d
\big( x \big)
\Bigg[ y \Bigg]
x\,dx
\mathrm{softmax}(x)
\text{面積} = 5
速度 = v
""".strip().split("\n")
)

DISPLAYED = tuple(
    r"""
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
\sum_{i=1}^{n} i = \frac{n(n+1)}{2}
\prod_{k=1}^{n} k = n!
\int_0^1 x^2 \, dx = \left[ \frac{x^3}{3} \right]_0^1 = \frac{1}{3}
\int_{-\infty}^{\infty} e^{-x^2} dx = \sqrt{\pi}
\iint_D f(x, y) \, dA
\oint_C \mathbf{F} \cdot d\mathbf{r}
\lim_{x \to 0} \frac{\sin x}{x} = 1
\lim_{n \to \infty} \left(1 + \frac{1}{n}\right)^n = e
\frac{d}{dx}\left( x^n \right) = n x^{n-1}
\left. \frac{dy}{dx} \right|_{x=2} = 4
\frac{\partial^2 u}{\partial t^2} = c^2 \nabla^2 u
\begin{aligned} 2x + 3 &= 7 \\ 2x &= 4 \\ x &= 2 \end{aligned}
\begin{align*} a &= b + c \\ &= d \end{align*}
\begin{align} x + y &= 10 \\ x - y &= 2 \end{align}
\begin{equation} E = mc^2 \end{equation}
\begin{cases} x + y = 5 \\ 2x - y = 1 \end{cases}
f(x) = \begin{cases} x^2 & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}
|x| = \left\{ \begin{array}{ll} x & x \ge 0 \\ -x & x < 0 \end{array} \right.
A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
\begin{bmatrix} a_{11} & \cdots & a_{1n} \\ \vdots & \ddots & \vdots \\ a_{n1} & \cdots & a_{nn} \end{bmatrix}
\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc
\begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix}
\left( \begin{array}{c|c} A & B \\ \hline C & D \end{array} \right)
\boxed{\dfrac{\sqrt{3}}{2}}
\boxed{\begin{pmatrix} 1 \\ 2 \end{pmatrix}}
P(X = k) = \binom{n}{k} p^k (1-p)^{n-k}
\frac{1}{1 + \frac{1}{1 + \frac{1}{x}}}
\cfrac{1}{2 + \cfrac{1}{3}}
\sigma = \sqrt{\frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2}
\underbrace{1 + 1 + \cdots + 1}_{n \text{ times}} = n
\overbrace{x + \cdots + x}^{k}
\text{Attention}(Q, K, V) = \text{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V
\hat{y} = \arg\max_{y \in \mathcal{Y}} P(y \mid x; \theta)
\nabla_\theta J(\theta) = \mathbb{E}_{\tau \sim \pi_\theta}\left[ \sum_{t=0}^{T} \nabla_\theta R(\tau) \right]
x^2 + 2x + 1 = (x + 1)^2 \tag{1}
a^2 + b^2 = c^2 \quad \text{(Pythagoras)}
\begin{gathered} a = b \\ c = d \end{gathered}
\begin{array}{r} 12 \\ + 34 \\ \hline 46 \end{array}
\begin{array}{|c|c|} \hline x & y \\ \hline 1 & 2 \\ \hline \end{array}
\sum_{\substack{i < j \\ i, j \in S}} a_{ij}
\mathcal{L} = -\frac{1}{N} \sum_{i} \left[ y_i \log \hat{y}_i + (1 - y_i) \log (1 - \hat{y}_i) \right]
\left\lvert \frac{a}{b} \right\rvert \leq \left\lVert x \right\rVert
\bigcup_{i=1}^{n} A_i \subseteq \bigcap_{j} B_j
\frac{10!}{3!\,7!} = \frac{10 \times 9 \times 8}{3 \times 2 \times 1} = 120
3x + 5 = 20 \implies 3x = 15 \implies x = 5
\Gamma(z) = \int_0^\infty t^{z-1} e^{-t} \, dt
e^x = \sum_{n=0}^{\infty} \frac{x^n}{n!}
\displaystyle \sum_{k=0}^{n} k
\begin{split} a &= b \\ c &= d \end{split}
\begin{smallmatrix} a & b \\ c & d \end{smallmatrix}
\mathrm{Cost} = \$5 \times 3 = \$15
\require{cancel} \frac{\cancel{3} \cdot 2}{\cancel{3}}
\begin{aligned} &\text{Let } x = \text{apples} \\ &x + 3 = 7 \end{aligned}
\begin{alignat}{2} x &= 1 &\quad y &= 2 \end{alignat}
\begin{multline} a + b + c \\ + d + e \end{multline}
\begin{dcases} \frac{1}{2} & x \\ 2 & y \end{dcases}
\begin{eqnarray} a &=& b \\ c &=& d \end{eqnarray}
""".strip().split("\n")
)
